//! `trueup init`: a folder with settings to fill in and a place for exports.

use std::fs;
use std::path::Path;

use super::ExitStatus;
use crate::config::FILE_NAME;
use crate::error::{Diagnostic, Result};
use crate::shell::Shell;

/// The settings that a new project starts from.
pub const TEMPLATE: &str = include_str!("trueup.toml");

/// Writes `trueup.toml` and the folders for exports. An existing settings file is left alone.
///
/// # Errors
/// If there is a settings file already, or the folder can't be written.
pub(super) fn init(folder: &Path, shell: &Shell) -> Result<ExitStatus> {
    let file = folder.join(FILE_NAME);
    if file.exists() {
        let message = format!("`{}` exists already", file.display());
        return Err(Diagnostic::error("exists", message).hint("edit it, or name another folder").into());
    }
    for part in ["exports/shopify", "exports/amazon", "exports/truth"] {
        let path = folder.join(part);
        fs::create_dir_all(&path).map_err(|error| Diagnostic::io("create", &path, &error))?;
    }
    fs::write(&file, TEMPLATE).map_err(|error| Diagnostic::io("write", &file, &error))?;
    shell.status(
        "Started",
        format!("{}: say in it what you sell on, then put downloads under exports/", file.display()),
    );
    Ok(ExitStatus::Fine)
}
