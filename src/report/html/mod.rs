//! The nightly page: one file, no network, no script, escaped by construction.

mod accuracy;
mod buffers;
mod channels;
mod demand;
mod head;
mod left_out;
mod listings;
mod method;
mod morning;
mod parts;
mod profit;
mod projection;
mod quality;
mod statement;
mod stock;
mod table;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::night::Night;
use super::numbers;

const STYLE: &str = include_str!("style.css");

/// One section of the page.
struct Section {
    /// Its anchor.
    id: &'static str,
    title: &'static str,
    /// What the section answers, in one line.
    about: &'static str,
    body: fn(&Night<'_>) -> Markup,
    /// True where the section is left out if the night has none of these sheets.
    only_with: &'static [&'static str],
}

/// The page from top to bottom.
static SECTIONS: &[Section] = &[
    Section {
        id: "morning",
        title: "This morning",
        about: "What needs a person, the most money first.",
        body: morning::body,
        only_with: &[],
    },
    Section {
        id: "profit",
        title: "Profit",
        about: "What each channel earned after every fee, and where it went.",
        body: profit::body,
        only_with: &[],
    },
    Section {
        id: "stock",
        title: "Stock and sync",
        about: "Where channels show another count than the book, and what that did.",
        body: stock::body,
        only_with: &[],
    },
    Section {
        id: "demand",
        title: "Demand",
        about: "What customers wanted, sold or not, and what they will want.",
        body: demand::body,
        only_with: &[],
    },
    Section {
        id: "buffers",
        title: "Buffers",
        about: "How many units to keep from each channel so that a late update sells nothing twice.",
        body: buffers::body,
        only_with: &[],
    },
    Section {
        id: "replenishment",
        title: "Replenishment",
        about: "What to order, before what runs out.",
        body: buffers::replenishment,
        only_with: &[],
    },
    Section {
        id: "listings",
        title: "Prices and content",
        about: "Where a channel shows another price or another product text than it should, or a number that stands for no product.",
        body: listings::body,
        only_with: &["price_breaches", "content_drift", "promotions", "unmapped_listings"],
    },
    Section {
        id: "channels",
        title: "Channels and policies",
        about: "What each channel earns against what it costs to run, and what other policies would have done.",
        body: channels::body,
        only_with: &["channel_scorecard", "replay"],
    },
    Section {
        id: "quality",
        title: "Data quality",
        about: "What was read, what was set aside, and which checks hold.",
        body: quality::body,
        only_with: &[],
    },
    Section {
        id: "method",
        title: "How each number is made",
        about: "Every aggregate is a query that can be read, run and changed.",
        body: method::body,
        only_with: &[],
    },
];

/// `index.html`.
pub(crate) fn page(night: &Night<'_>) -> Vec<u8> {
    let sections: Vec<&Section> = SECTIONS.iter().filter(|section| section.is_wanted(night)).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(content_policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="trueup";
                title { (night.shop) ", " (numbers::day(night.as_of)) " · trueup" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#morning" { "Skip to this morning's exceptions" }
                (head::header(night))
                div.layout {
                    nav aria-label="Sections" {
                        ol { @for section in &sections { li { a href={ "#" (section.id) } { (section.title) } } } }
                    }
                    main { @for section in &sections { (section.draw(night)) } }
                }
                (head::footer(night))
            }
        }
    };
    page.into_string().into_bytes()
}

impl Section {
    fn is_wanted(&self, night: &Night<'_>) -> bool {
        self.only_with.is_empty() || self.only_with.iter().any(|name| night.sheets.contains_key(*name))
    }

    fn draw(&self, night: &Night<'_>) -> Markup {
        html! {
            section id=(self.id) aria-labelledby={ (self.id) "-title" } {
                div.heading {
                    h2 id={ (self.id) "-title" } { (self.title) }
                    p { (self.about) }
                }
                ((self.body)(night))
            }
        }
    }
}

/// Nothing may load and nothing may run; the one style sheet is known by its digest.
fn content_policy() -> String {
    let digest = base64(&Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'")
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().chain([0, 0].iter()).take(3).fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        for place in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    html! { (text) }.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads_as_the_standard_says() {
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }

    #[test]
    fn the_style_sheet_loads_nothing() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains("</"));
    }
}
