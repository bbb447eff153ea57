//! Charts: numbers in, SVG out. Every chart is drawn twice, for a desk and for a phone, so that
//! its words are of one size on both.

mod bars;
mod canvas;
mod latency;
mod months;
mod range;
mod scale;
mod season;
mod shares;
mod spark;
mod waterfall;

pub(crate) use bars::{Diverging, diverging};
pub(crate) use canvas::Ink;
pub(crate) use latency::{Lag, latency};
pub(crate) use months::{MonthBar, months};
pub(crate) use range::{Shift, shifts};
pub(crate) use season::{Ahead, Outlook, outlook};
pub(crate) use shares::{Portions, shares};
pub(crate) use spark::spark;
pub(crate) use waterfall::{Step, waterfall};

/// Height of a row of a horizontal bar chart, in pixels.
const ROW: f64 = 30.0;

/// The format a chart is drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Desk,
    Phone,
}

impl Format {
    /// Pixels across.
    fn width(self) -> f64 {
        match self {
            Self::Desk => 760.0,
            Self::Phone => 340.0,
        }
    }

    /// One of two numbers.
    fn pick<T>(self, desk: T, phone: T) -> T {
        match self {
            Self::Desk => desk,
            Self::Phone => phone,
        }
    }
}

/// A text cut to so many characters, for a label beside a bar.
fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
