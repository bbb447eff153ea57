//! The map in `src/lib.rs` is true: a module imports only layers above it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Layer by module, as the table in `src/lib.rs` says.
fn layers() -> BTreeMap<String, u32> {
    let text = fs::read_to_string(source().join("lib.rs")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | "));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let layers: BTreeMap<String, u32> =
        cells.filter_map(|cells| Some((cells[1].trim_matches('`').to_owned(), cells[0].parse().ok()?))).collect();
    assert!(layers.len() > 10, "the table in src/lib.rs was not found");
    layers
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of a module's folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else if entry.extension().is_some_and(|end| end == "rs") {
            found.push(entry);
        }
    }
    found.sort();
    found
}

/// The modules that a text names as `crate::module`, also within braces; comments are not code.
fn imports(text: &str) -> BTreeSet<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (start, _) in code.match_indices("crate::") {
        let rest = &code[start + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(braces) => braces.split('}').next().unwrap().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(name.len());
            found.insert(name[..end].to_owned());
        }
    }
    found
}

fn broken(module: &str, text: &str, layers: &BTreeMap<String, u32>) -> Vec<String> {
    let own = layers[module];
    let imports = imports(text).into_iter().filter(|import| import != module);
    imports.filter(|import| layers.get(import).is_some_and(|layer| *layer >= own)).collect()
}

#[test]
fn a_module_imports_only_layers_above_it() {
    let layers = layers();
    let mut wrong = Vec::new();
    for module in layers.keys() {
        for file in files(&source().join(module)) {
            let text = fs::read_to_string(&file).unwrap();
            for import in broken(module, &text, &layers) {
                wrong.push(format!("{} imports `{import}`", file.strip_prefix(source()).unwrap().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "against the table in src/lib.rs:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_stands_in_the_table() {
    let text = fs::read_to_string(source().join("lib.rs")).unwrap();
    let declared = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let declared: BTreeSet<String> = declared.map(str::to_owned).collect();
    assert_eq!(declared, layers().into_keys().collect());
}

#[test]
fn an_import_from_below_is_found() {
    let layers = layers();
    assert_eq!(broken("lake", "use crate::query::Marts;", &layers), ["query"]);
    assert_eq!(broken("lake", "use crate::{error::Result, report};", &layers), ["report"]);
    assert_eq!(broken("lake", "// like crate::query\nuse crate::types::Day;", &layers), [""; 0]);
}
