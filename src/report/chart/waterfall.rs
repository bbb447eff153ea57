//! From sales to what is left of them: step by step, and as shares per channel.

use super::canvas::{Align, Ink, Pen, Point, draw};
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
            let about = if step.estimated == 0.0 { "" } else { "~\u{202f}" };
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

/// What of a channel's net sales each cost took, as fractions of them.
#[derive(Clone, Debug)]
pub(crate) struct Portions {
    pub(crate) label: String,
    pub(crate) costs: Vec<f64>,
    /// What is left; below zero it is lost.
    pub(crate) left: f64,
}

/// Per channel, costs as shares of net sales laid end to end, then what is left; of a loss, the costs
/// that no income paid.
pub(crate) fn shares(rows: &[Portions], parts: &[&str], name: &str, format: Format) -> String {
    let (width, gutter) = (format.width(), format.pick(170.0, 96.0));
    let end = |row: &Portions| row.costs.iter().sum::<f64>() + row.left.max(0.0);
    let high = rows.iter().map(end).fold(1.0, f64::max).min(2.0);
    let scale = Scale::new((0.0, high), (gutter + 14.0, width - format.pick(70.0, 54.0)));
    let bottom = ROW * rows.len() as f64 + 6.0;
    draw(width, bottom + 22.0, name, |pen| {
        for (index, row) in rows.iter().enumerate() {
            let label = &row.label;
            let middle = ROW * (index as f64 + 0.5) + 3.0;
            let corners = |from: f64, to: f64| -> (Point, Point) {
                ((scale.at(from.clamp(0.0, high)), middle - 10.0), (scale.at(to.clamp(0.0, high)), middle + 10.0))
            };
            pen.text((gutter, middle), Align::Right, Ink::Strong, &cut(label, format.pick(24, 13)));
            let mut from = 0.0;
            for (part, share) in row.costs.iter().enumerate() {
                let (upper, lower) = corners(from, from + share);
                pen.rect(upper, lower, Ink::Part(part as u8));
                let tip = format!("{label}: {} {}", parts[part], numbers::percent_of(*share));
                pen.tip(upper, lower, &tip);
                from += share;
            }
            let (upper, lower) = corners(from.min(from + row.left), from.max(from + row.left));
            pen.rect(upper, lower, if row.left < 0.0 { Ink::Bad } else { Ink::Main });
            let left = numbers::percent_of(row.left);
            pen.tip(upper, lower, &format!("{label}: contribution {left}"));
            pen.text((scale.at(end(row).clamp(1.0, high)) + 7.0, middle), Align::Left, Ink::Strong, &left);
        }
        let whole = scale.at(1.0);
        pen.line((whole, 0.0), (whole, bottom), Ink::Limit, 1.2);
        for (share, align) in [(0.0, Align::Left), (0.5, Align::Centre), (1.0, Align::Right)] {
            let label = numbers::percent_of(share).replace(".0", "");
            pen.text((scale.at(share), bottom + 13.0), align, Ink::Label, &label);
        }
    })
}
