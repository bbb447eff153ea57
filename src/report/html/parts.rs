//! What sections are built of: marks, charts, sentences.

use maud::{Markup, PreEscaped, html};

pub(super) use crate::health::Tone;
use crate::report::chart::{Format, Ink};

/// Its class in the style sheet.
fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "tone bad",
        Tone::Warn => "tone warn",
        Tone::Good => "tone good",
        Tone::Calm => "tone calm",
    }
}

/// Its shape, so that colour carries no meaning alone.
fn shape(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "●",
        Tone::Warn => "▲",
        Tone::Good => "✓",
        Tone::Calm => "○",
    }
}

/// Words of the sheets that weigh something.
const TONES: &[(&str, Tone)] = &[
    ("oversell risk", Tone::Bad),
    ("lost sales", Tone::Warn),
    ("publish", Tone::Calm),
    ("approve", Tone::Warn),
    ("hold", Tone::Calm),
    ("high", Tone::Good),
    ("medium", Tone::Calm),
    ("low", Tone::Warn),
    ("stale", Tone::Warn),
    ("edited", Tone::Warn),
    ("swapped", Tone::Bad),
    ("unexplained", Tone::Bad),
    ("alert", Tone::Bad),
    ("short", Tone::Bad),
    ("enough", Tone::Good),
    ("healthy", Tone::Good),
    ("watch", Tone::Warn),
    ("costly errors", Tone::Warn),
    ("loses money", Tone::Bad),
    ("contribution unknown", Tone::Calm),
    ("errors not judged", Tone::Calm),
];

/// A word with its mark.
pub(super) fn mark(tone: Tone, word: &str) -> Markup {
    html! { span class=(class(tone)) { span aria-hidden="true" { (shape(tone)) } " " (word) } }
}

/// A word of a sheet with its mark, if it has one.
pub(super) fn word(word: &str) -> Markup {
    match TONES.iter().find(|(known, _)| *known == word) {
        Some((_, tone)) => mark(*tone, word),
        None => html! { (word) },
    }
}

/// What stands where nothing is known.
pub(super) fn unknown() -> Markup {
    html! { span.unknown { (crate::report::numbers::UNKNOWN) } }
}

/// What stands where there is nothing to say, which is known.
pub(super) fn nil() -> Markup {
    html! { span.nil { "–" } }
}

/// A sentence with its names in backticks set as code.
pub(super) fn prose(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! { @for (index, part) in parts.iter().enumerate() {
        @if index.is_multiple_of(2) { (part) } @else { code { (part) } }
    } }
}

/// A heading within a section, with the meaning of its words.
pub(super) fn heading(title: &str, meaning: &str) -> Markup {
    html! { div.subheading { h3 { (title) } @if !meaning.is_empty() { p { (prose(meaning)) } } } }
}

/// A sentence in place of a table or a chart.
pub(super) fn nothing(sentence: &str) -> Markup {
    html! { p.nothing { (prose(sentence)) } }
}

/// A chart with its title, its legend and what it says.
pub(super) fn chart(
    id: &str,
    title: &str,
    caption: &str,
    legend: &[(Ink, &str)],
    draw: impl Fn(Format) -> String,
) -> Markup {
    html! {
        figure id={ "chart-" (id) } {
            figcaption {
                strong { (title) }
                @if !caption.is_empty() { " " span { (caption) } }
            }
            @if !legend.is_empty() {
                ul.legend {
                    @for (ink, words) in legend { li { span class={ "swatch " (ink.class()) } aria-hidden="true" {} (words) } }
                }
            }
            div.desk { (PreEscaped(draw(Format::Desk))) }
            div.phone { (PreEscaped(draw(Format::Phone))) }
        }
    }
}
