//! The nightly page: one file, no network, no script, escaped by construction.

mod accuracy;
mod beside;
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
    /// What the section answers: a line made of what the night has.
    about: About,
    body: fn(&Night<'_>) -> Markup,
}

/// The line under a section's title.
enum About {
    /// The same every night.
    Always(&'static str),
    /// One part for each of these sheets that is there; without any the section is left out.
    OfSheets(&'static [(&'static str, &'static str)]),
}

/// The page from top to bottom.
static SECTIONS: &[Section] = &[
    Section {
        id: "morning",
        title: "This morning",
        about: About::Always("Needs attention, by impact: what is not known first."),
        body: morning::body,
    },
    Section {
        id: "profit",
        title: "Profit",
        about: About::Always("What each channel earned after every fee, and where it went."),
        body: profit::body,
    },
    Section {
        id: "stock",
        title: "Stock and sync",
        about: About::Always("Listed vs system stock, and resulting oversells."),
        body: stock::body,
    },
    Section {
        id: "demand",
        title: "Demand",
        about: About::Always("Unconstrained demand and forecast."),
        body: demand::body,
    },
    Section {
        id: "buffers",
        title: "Buffers",
        about: About::Always("Safety buffer per listing to prevent overselling."),
        body: buffers::body,
    },
    Section {
        id: "replenishment",
        title: "Replenishment",
        about: About::Always("Purchase recommendations, most urgent first."),
        body: buffers::replenishment,
    },
    Section {
        id: "listings",
        title: "Listings",
        about: About::OfSheets(&[
            ("price_breaches", "prices outside their limits"),
            ("content_drift", "texts that differ from the product's"),
            ("unmapped_listings", "IDs that match no product"),
            ("promotions", "promotions against stock"),
        ]),
        body: listings::body,
    },
    Section {
        id: "channels",
        title: "Channels",
        about: About::OfSheets(&[
            ("channel_scorecard", "what each channel earns against what its errors cost"),
            ("replay", "what each buffer policy would have done"),
        ]),
        body: channels::body,
    },
    Section {
        id: "quality",
        title: "Data quality",
        about: About::Always("What was read and rejected, which checks passed, and how fresh every source is."),
        body: quality::body,
    },
    Section {
        id: "method",
        title: "Methodology",
        about: About::Always("Every aggregate is a query that can be read, run and changed."),
        body: method::body,
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
        !matches!(self.about, About::OfSheets(_)) || !self.about(night).is_empty()
    }

    /// The line under the title: it promises no table that the night has not.
    fn about(&self, night: &Night<'_>) -> String {
        match &self.about {
            About::Always(line) => (*line).to_owned(),
            About::OfSheets(parts) => {
                let here = parts.iter().filter(|(sheet, _)| night.sheets.contains_key(*sheet));
                let line = here.map(|(_, words)| *words).collect::<Vec<_>>().join(", ");
                let mut letters = line.chars();
                letters
                    .next()
                    .map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
            }
        }
    }

    fn draw(&self, night: &Night<'_>) -> Markup {
        html! {
            section id=(self.id) aria-labelledby={ (self.id) "-title" } {
                div.heading {
                    h2 id={ (self.id) "-title" } { (self.title) }
                    p { (self.about(night)) }
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
