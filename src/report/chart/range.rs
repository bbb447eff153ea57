//! From one number to another, one row each.

use super::canvas::{Align, Ink, draw};
use super::scale::{Scale, ticks};
use super::{Format, ROW, cut};
use crate::report::numbers;

/// What a number is now and what it should be.
#[derive(Clone, Debug)]
pub(crate) struct Shift {
    pub(crate) label: String,
    pub(crate) before: f64,
    pub(crate) after: f64,
}

/// A hollow mark where the number is, a full one where it should be.
pub(crate) fn shifts(rows: &[Shift], name: &str, unit: &str, format: Format) -> String {
    let (width, gutter) = (format.width(), format.pick(170.0, 96.0));
    let high = rows.iter().flat_map(|row| [row.before, row.after]).fold(0.0, f64::max);
    let ticks = ticks(0.0, high, format.pick(6, 3));
    let scale = Scale::new((0.0, ticks[ticks.len() - 1]), (gutter + 16.0, width - 60.0));
    let bottom = ROW * rows.len() as f64 + 6.0;
    draw(width, bottom + 22.0, name, |pen| {
        for tick in &ticks {
            pen.line((scale.at(*tick), 0.0), (scale.at(*tick), bottom), Ink::Grid, 1.0);
            pen.text((scale.at(*tick), bottom + 13.0), Align::Centre, Ink::Label, &numbers::short(*tick));
        }
        for (index, row) in rows.iter().enumerate() {
            let middle = ROW * (index as f64 + 0.5) + 3.0;
            let (from, to) = (scale.at(row.before), scale.at(row.after));
            pen.text((gutter, middle), Align::Right, Ink::Strong, &cut(&row.label, format.pick(24, 13)));
            pen.line((from, middle), (to, middle), Ink::Main, 2.5);
            pen.dot((from, middle), 5.0, Ink::Faint);
            pen.dot((to, middle), 6.0, Ink::Main);
            let change = numbers::change((row.after - row.before).round() as i64);
            pen.text((from.max(to) + 12.0, middle), Align::Left, Ink::Label, &change);
            let tip = format!(
                "{}: {} now, {} recommended {unit}",
                row.label,
                numbers::short(row.before),
                numbers::short(row.after)
            );
            pen.tip((0.0, middle - ROW / 2.0), (width, middle + ROW / 2.0), &tip);
        }
    })
}
