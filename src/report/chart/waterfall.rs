//! From sales to what is left of them, step by step.

use super::canvas::{Align, Ink, Pen, draw};
use super::scale::{Scale, ticks};
use super::{Format, ROW, cut};
use crate::report::numbers;
use crate::types::Currency;

/// One line of the statement.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) label: String,
    /// What it adds to the running total, or the total itself.
    pub(crate) value: f64,
    /// How much of it is estimated.
    pub(crate) estimated: f64,
    /// True for a line that shows the running total.
    pub(crate) is_total: bool,
}

/// Steps from top to bottom, each starting where the one above ended.
pub(crate) fn waterfall(steps: &[Step], currency: Currency, name: &str, format: Format) -> String {
    let (width, gutter) = (format.width(), format.pick(170.0, 118.0));
    let spans = spans(steps);
    let low = spans.iter().flat_map(|(from, to)| [*from, *to]).fold(0.0, f64::min);
    let high = spans.iter().flat_map(|(from, to)| [*from, *to]).fold(0.0, f64::max);
    let ticks = ticks(low, high, format.pick(5, 2));
    let end = if high > 0.0 { high } else { 1.0 };
    let scale = Scale::new((low, end), (gutter + 14.0, width - format.pick(76.0, 58.0)));
    let bottom = ROW * steps.len() as f64 + 6.0;
    draw(width, bottom + 22.0, name, |pen| {
        for tick in ticks.iter().filter(|tick| **tick >= low && **tick <= end) {
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            pen.line((scale.at(*tick), 0.0), (scale.at(*tick), bottom), ink, 1.0);
            let label = numbers::short_money(*tick, currency);
            pen.text((scale.at(*tick), bottom + 13.0), Align::Centre, Ink::Label, &label);
        }
        for (index, (step, (from, to))) in steps.iter().zip(&spans).enumerate() {
            let middle = ROW * (index as f64 + 0.5) + 3.0;
            let ink = match (step.is_total, step.value < 0.0) {
                (true, false) => Ink::Main,
                (true, true) => Ink::Bad,
                (false, false) => Ink::Good,
                (false, true) => Ink::Part(1),
            };
            let words = if step.is_total { Ink::Strong } else { Ink::Label };
            pen.text((gutter, middle), Align::Right, words, &cut(&step.label, format.pick(24, 17)));
            pen.rect((scale.at(*from), middle - 9.0), (scale.at(*to), middle + 9.0), ink);
            if step.estimated != 0.0 {
                hatch(pen, (scale.at(to - step.estimated), scale.at(*to)), middle);
            }
            if index + 1 < steps.len() {
                pen.line((scale.at(*to), middle + 9.0), (scale.at(*to), middle + ROW - 9.0), Ink::Axis, 0.8);
            }
            // a total holds the estimates above it
            let above = if step.is_total { &steps[..index] } else { &steps[index..=index] };
            let about = if above.iter().all(|step| step.estimated == 0.0) { "" } else { "~\u{202f}" };
            let value = format!("{about}{}", numbers::short_money(step.value, currency));
            pen.text((scale.at(from.max(*to)) + 7.0, middle), Align::Left, words, &value);
            pen.tip((0.0, middle - ROW / 2.0), (width, middle + ROW / 2.0), &format!("{}: {value}", step.label));
        }
    })
}

/// Stripes of paper over the part of a bar that is estimated.
fn hatch(pen: &mut Pen<'_>, (from, to): (f64, f64), middle: f64) {
    const STRIPE: f64 = 5.0;
    let (left, right) = (from.min(to), from.max(to));
    let (top, bottom) = (middle - 9.0, middle + 9.0);
    let mut at = left - (bottom - top);
    while at < right {
        // a diagonal from the lower left to the upper right, cut off at both ends of the bar
        let (start, end) = (at.max(left), (at + bottom - top).min(right));
        if end > start {
            pen.line((start, bottom - (start - at)), (end, bottom - (end - at)), Ink::Paper, 1.6);
        }
        at += STRIPE;
    }
}

fn spans(steps: &[Step]) -> Vec<(f64, f64)> {
    let mut running = 0.0;
    steps
        .iter()
        .map(|step| {
            let from = if step.is_total { 0.0 } else { running };
            running = from + step.value;
            (from, running)
        })
        .collect()
}
