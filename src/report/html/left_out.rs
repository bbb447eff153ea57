//! Files and rows that were not read: first of all, since every number of the page lacks them.

use maud::{Markup, html};

use super::parts::{Tone, mark, prose};
use crate::report::night::{LeftOut, Night, ReadFile};
use crate::report::numbers::{self, things};

/// How many files of a kind the page names; `run.json` has all.
const FIRST: usize = 10;

/// What became of a file, and what that means for the page.
struct Fate {
    is_refused: bool,
    word: &'static str,
    tone: Tone,
    class: &'static str,
    meaning: &'static str,
}

static FATES: [Fate; 2] = [
    Fate {
        is_refused: true,
        word: "refused",
        tone: Tone::Bad,
        class: "left-out refused",
        meaning: "Nothing of a refused file is in these numbers. It is read again every night until it is mended.",
    },
    Fate {
        is_refused: false,
        word: "ignored",
        tone: Tone::Warn,
        class: "left-out ignored",
        meaning: "An ignored file is none of the exports that are read. If it holds sales, stock or costs, these numbers lack them; if it is no export, move it out of the exports’ folder.",
    },
];

impl Fate {
    fn files<'a>(&self, night: &Night<'a>) -> Vec<&'a LeftOut> {
        night.left_out.iter().filter(|file| file.is_refused == self.is_refused).collect()
    }

    /// `2 files refused`, if any was.
    fn count(&self, night: &Night<'_>) -> Option<String> {
        let files = self.files(night).len();
        (files > 0).then(|| format!("{} {}", things(files, "file", "files"), self.word))
    }
}

/// Files with rejected rows, those of which nothing else was read first.
fn with_rejects<'a>(night: &Night<'a>) -> Vec<&'a ReadFile> {
    let mut files: Vec<&ReadFile> = night.files.iter().filter(|file| file.rejected > 0).collect();
    files.sort_by_key(|file| (!is_lost(file), std::cmp::Reverse(file.rejected)));
    files
}

/// Whether all rows of a file were rejected.
fn is_lost(file: &ReadFile) -> bool {
    file.rejected > 0 && file.rejected == file.read
}

/// Whether any row or file of the night was not read.
pub(super) fn is_any(night: &Night<'_>) -> bool {
    !night.left_out.is_empty() || night.files.iter().any(|file| file.rejected > 0)
}

fn rejects_count(files: &[&ReadFile]) -> String {
    let rows = files.iter().map(|file| file.rejected).sum::<u64>() as usize;
    format!("{} rejected", things(rows, "row", "rows"))
}

fn rejects_tone(files: &[&ReadFile]) -> Tone {
    if files.iter().any(|file| is_lost(file)) { Tone::Bad } else { Tone::Warn }
}

/// How many files were refused and how many ignored, where any was.
pub(super) fn counts(night: &Night<'_>) -> Vec<String> {
    FATES.iter().filter_map(|fate| fate.count(night)).collect()
}

/// The same as the first words of the verdict.
pub(super) fn verdict(night: &Night<'_>) -> Markup {
    let rejects = with_rejects(night);
    html! {
        @if !rejects.is_empty() { (mark(rejects_tone(&rejects), &format!("{}.", rejects_count(&rejects)))) " " }
        @for fate in &FATES {
            @if let Some(count) = fate.count(night) { (mark(fate.tone, &format!("{count}."))) " " }
        }
    }
}

/// Each file with why and what to do.
pub(super) fn block(night: &Night<'_>) -> Markup {
    html! {
        @for fate in &FATES {
            @let files = fate.files(night);
            @if let Some(count) = fate.count(night) {
                div class=(fate.class) {
                    p { (mark(fate.tone, &format!("{count}."))) " " (fate.meaning) }
                    ul { @for file in files.iter().take(FIRST) { (one(file)) } }
                    @if files.len() > FIRST {
                        p.more { "and " (files.len() - FIRST) " more in " a href="run.json" { "run.json" } }
                    }
                }
            }
        }
        (rejects(night))
    }
}

/// The files that lost rows.
fn rejects(night: &Night<'_>) -> Markup {
    let files = with_rejects(night);
    let tone = rejects_tone(&files);
    let class = if matches!(tone, Tone::Bad) { "left-out refused" } else { "left-out ignored" };
    html! {
        @if !files.is_empty() {
            div class=(class) {
                p {
                    (mark(tone, &format!("{}.", rejects_count(&files)))) " Nothing of these rows is in these numbers. "
                    a href="rejects.csv" { "rejects.csv" } " tells of each its line and why."
                }
                ul {
                    @for file in files.iter().take(FIRST) {
                        li { p.file { code { (file.path) } ": " (lost(file)) } }
                    }
                }
                @if files.len() > FIRST { p.more { "and " (files.len() - FIRST) " more files" } }
            }
        }
    }
}

fn lost(file: &ReadFile) -> String {
    let count = |rows: u64| numbers::count(rows as i64);
    match file.rejected {
        all if is_lost(file) => format!("all {} rows", count(all)),
        some => format!("{} of {} rows", count(some), count(file.read)),
    }
}

fn one(file: &LeftOut) -> Markup {
    html! {
        li {
            p.file { @if !file.path.is_empty() { code { (file.path) } @if let Some(line) = file.line { ", line " (line) } ": " } (prose(&file.reason)) }
            @if let Some(hint) = &file.hint { p.hint { (prose(hint)) } }
        }
    }
}
