//! The README's console blocks say what the program says. `TRUEUP_BLESS=1` writes them anew.

use std::fs;
use std::path::Path;

use crate::project::{Project, said};

const OPEN: &str = "```console\n";
const CLOSE: &str = "```\n";
/// A line that stands for any lines.
const ANYTHING: &str = "  …";

#[test]
fn console_blocks_are_true() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&file).expect("a README");
    let project = Project::of_sample_data();
    let mut blessed = String::new();
    let mut rest = readme.as_str();
    let mut blocks = 0;
    while let Some(start) = rest.find(OPEN) {
        let (before, block) = rest.split_at(start + OPEN.len());
        let end = block.find(CLOSE).expect("a console block ends");
        let (command, expected) = block[..end].split_once('\n').expect("a command and what it says");
        let arguments: Vec<&str> = command.strip_prefix("$ trueup ").expect("a trueup command").split(' ').collect();
        let seen = without_times(&said(&project.trueup(&arguments)));
        let shown = if matches(expected, &seen) { expected.to_owned() } else { seen.clone() };
        blessed += &format!("{before}{command}\n{shown}");
        if std::env::var_os("TRUEUP_BLESS").is_none() {
            assert!(matches(expected, &seen), "$ trueup {}\nsays\n{seen}\nand not\n{expected}", arguments.join(" "));
        }
        rest = &block[end..];
        blocks += 1;
    }
    assert!(blocks >= 3, "the tour has console blocks");
    if std::env::var_os("TRUEUP_BLESS").is_some() {
        fs::write(&file, blessed + rest).expect("the README can be written");
    }
}

/// Whether the text is as expected, where a line `  …` stands for any lines.
fn matches(expected: &str, seen: &str) -> bool {
    let parts: Vec<&str> = expected.split(&format!("{ANYTHING}\n")).collect();
    let Some((first, others)) = parts.split_first() else { return false };
    let Some(mut rest) = seen.strip_prefix(first) else { return false };
    let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
    }
    rest.ends_with(last)
}

/// Seconds differ from run to run.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let time = words
            .windows(3)
            .position(|three| three[0] == "in" && three[1].parse::<f64>().is_ok() && three[2].starts_with('s'));
        match time {
            Some(at) => {
                let mut words = words;
                words[at + 1] = "0.0";
                out += &words.join(" ");
            }
            None => out += line,
        }
        out.push('\n');
    }
    out
}
