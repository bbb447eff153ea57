//! Where do exports, lake and reports lie? Each in a folder of its own, none inside another: what one run
//! writes the next must not read, and what is replaced as a whole must hold nothing else.

use std::path::{Component, Path, PathBuf};

use toml::Spanned;

use super::options::PathOptions;
use super::values::Source;
use crate::error::Result;

/// The longest path that systems take, in bytes.
const LONGEST_PATH: usize = 4_096;

/// Where feeds are published unless the command says otherwise.
pub const BUFFERS: &str = "buffers";

/// The project's folders.
pub(super) struct Folders {
    pub(super) exports: PathBuf,
    pub(super) lake: PathBuf,
    pub(super) reports: PathBuf,
}

impl Source<'_> {
    pub(super) fn folders(&self, options: &PathOptions, project: &Path) -> Result<Folders> {
        let exports = self.folder(options.exports.as_ref(), "exports", project)?;
        let lake = self.folder(options.lake.as_ref(), "lake", project)?;
        let reports = self.folder(options.reports.as_ref(), "reports", project)?;
        let places = [
            ("exports", &exports, &options.exports),
            ("lake", &lake, &options.lake),
            ("reports", &reports, &options.reports),
        ];
        let own = resolved(project);
        for (key, path, given) in places {
            if own.starts_with(resolved(path)) {
                return Err(self.overlap(key, "the project's own folder, or holds it", given.as_ref()));
            }
        }
        let buffers = project.join(BUFFERS);
        let others = places.into_iter().map(|(key, path, _)| (key, path)).chain([(BUFFERS, &buffers)]);
        let others: Vec<(&str, PathBuf)> = others.map(|(key, path)| (key, resolved(path))).collect();
        for (key, path, given) in places {
            let path = resolved(path);
            let inside = others.iter().find(|(other, place)| *other != key && path.starts_with(place));
            if let Some((other, _)) = inside {
                let theirs = places.iter().find(|(key, ..)| key == other).and_then(|(.., given)| given.as_ref());
                return Err(self.overlap(key, &format!("inside `{other}`, or is it"), given.as_ref().or(theirs)));
            }
        }
        Ok(Folders { exports, lake, reports })
    }

    fn folder(&self, given: Option<&Spanned<String>>, default: &str, project: &Path) -> Result<PathBuf> {
        let Some(given) = given else { return Ok(project.join(default)) };
        let text = given.get_ref();
        let wrong = match text {
            text if text.trim().is_empty() => "names no folder",
            text if text.contains('\0') => "holds a character that no path can",
            text if text.len() > LONGEST_PATH => "is longer than a path can be",
            text => return Ok(joined(project, Path::new(text))),
        };
        Err(self.wrong(given, &format!("`{default}` {wrong}"), &format!("such as `\"{default}\"`")).into())
    }

    fn overlap(&self, key: &str, what: &str, given: Option<&Spanned<String>>) -> Box<crate::error::Diagnostic> {
        let message = format!("`{key}` under `[paths]` is {what}");
        let label = "exports, lake, reports and buffers each need a folder of their own, beside the others";
        match given {
            Some(given) => self.wrong(given, &message, label).into(),
            None => self.message(0..0, &message, label).into(),
        }
    }
}

/// The path with `sample-data/../reports` written as `reports`, which is how a person would name it.
fn joined(folder: &Path, path: &Path) -> PathBuf {
    let mut joined = folder.to_owned();
    for part in path.components() {
        let named = joined.file_name().is_some();
        match part {
            Component::ParentDir if named => _ = joined.pop(),
            part => joined.push(part),
        }
    }
    joined
}

/// The path from the root with its links followed, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = Vec::new();
    for existing in path.ancestors() {
        if let Ok(real) = existing.canonicalize() {
            return missing.iter().rev().fold(real, |place, name| joined(&place, Path::new(name)));
        }
        missing.extend(existing.components().next_back().map(|part| part.as_os_str().to_owned()));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    fn told(paths: &str) -> Result<Settings> {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("shop");
        std::fs::create_dir_all(&project).unwrap();
        std::os::unix::fs::symlink(&project, folder.path().join("link")).unwrap();
        let text = format!("[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Berlin\"\n\n[paths]\n{paths}\n");
        std::fs::write(project.join("trueup.toml"), text).unwrap();
        Settings::read(&project)
    }

    #[test]
    fn folders_beside_each_other_are_fine() {
        for paths in ["", "reports = \"../reports\"", "lake = \"data/lake\"\nreports = \"data/reports\""] {
            assert!(told(paths).is_ok(), "{paths}");
        }
    }

    #[test]
    fn folders_that_overlap_and_paths_that_are_none_are_refused() {
        let long = format!("reports = \"{}\"", "x".repeat(6_000));
        for (paths, what) in [
            ("reports = \"exports/reports\"", "`reports` under `[paths]` is inside `exports`"),
            ("lake = \"reports/lake\"", "`lake` under `[paths]` is inside `reports`"),
            ("exports = \"data\"\nlake = \"data\"", "is inside"),
            ("reports = \".\"", "`reports` under `[paths]` is the project's own folder"),
            ("lake = \"..\"", "`lake` under `[paths]` is the project's own folder, or holds it"),
            ("reports = \"../link\"", "`reports` under `[paths]` is the project's own folder"),
            ("reports = \"../link/lake\"", "`lake` under `[paths]` is inside `reports`, or is it"),
            ("reports = \"buffers/page\"", "inside `buffers`"),
            ("reports = \"\"", "names no folder"),
            ("lake = \"a\\u0000b\"", "holds a character that no path can"),
            (long.as_str(), "is longer than a path can be"),
        ] {
            let problem = told(paths).unwrap_err();
            assert!(problem.message.contains(what), "{paths}: {}", problem.message);
        }
    }
}
