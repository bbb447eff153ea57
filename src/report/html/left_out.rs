//! Files of which nothing was read: first of all, since every number of the page lacks them.

use maud::{Markup, html};

use super::parts::{Tone, mark, prose};
use crate::report::night::{LeftOut, Night};
use crate::report::numbers::things;

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

/// How many files were refused and how many ignored, where any was.
pub(super) fn counts(night: &Night<'_>) -> Vec<String> {
    FATES.iter().filter_map(|fate| fate.count(night)).collect()
}

/// The same as the first words of the verdict.
pub(super) fn verdict(night: &Night<'_>) -> Markup {
    html! {
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
