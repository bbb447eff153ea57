//! A copy of `sample-data` to work in, and the program to work on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder that is gone after the test, with a copy of `sample-data` in it.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// `sample-data` and an empty `reports` beside it, as in the repository.
    pub(crate) fn of_sample_data() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
        copy(&source, &folder.path().join("sample-data"));
        Self { folder }
    }

    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A folder with settings and files under `exports/`.
    pub(crate) fn of(settings: &str, files: &[(&str, &str)]) -> Self {
        let project = Self::empty();
        fs::write(project.path("trueup.toml"), settings).expect("the settings are written");
        fs::create_dir(project.path("exports")).expect("a folder for exports");
        for (name, text) in files {
            let path = project.path("exports").join(name);
            fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
            fs::write(path, text).expect("an export is written");
        }
        project
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `trueup` in the folder.
    pub(crate) fn trueup(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_trueup"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("NO_COLOR")
            .env("TZ", "Asia/Kathmandu")
            .output()
            .expect("the program starts")
    }
}

/// What the program said of its work.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are text")
}

/// Holds that each of these parts is in a text.
#[track_caller]
pub(crate) fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

/// Copies a folder but for what runs leave behind.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder to copy") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            if entry.file_name() != "lake" {
                copy(&entry.path(), &target);
            }
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Both streams as a person sees them: messages, then data.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
    text(&output.stderr) + &text(&output.stdout)
}
