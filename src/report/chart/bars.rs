//! Horizontal bars that leave a middle line to both sides.

use super::canvas::{Align, Ink, Pen, draw};
use super::scale::{Scale, ticks};
use super::{Format, ROW, cut};
use crate::report::numbers;

/// One row: what goes to the left of zero and what to the right.
#[derive(Clone, Debug)]
pub(crate) struct Diverging {
    pub(crate) label: String,
    /// Not above zero.
    pub(crate) left: f64,
    /// Not below zero.
    pub(crate) right: f64,
}

/// Units on both sides of zero, one row per label.
pub(crate) fn diverging(rows: &[Diverging], name: &str, unit: &str, format: Format) -> String {
    let (width, gutter) = (format.width(), format.pick(170.0, 118.0));
    let low = rows.iter().map(|row| row.left).fold(0.0, f64::min);
    let high = rows.iter().map(|row| row.right).fold(0.0, f64::max);
    let ticks = ticks(low, high, format.pick(6, 3));
    let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
    let scale = Scale::new((first, last), (gutter + 40.0, width - 44.0));
    let bottom = ROW * rows.len() as f64 + 6.0;
    draw(width, bottom + 22.0, name, |pen| {
        for tick in &ticks {
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            pen.line((scale.at(*tick), 0.0), (scale.at(*tick), bottom), ink, 1.0);
            pen.text((scale.at(*tick), bottom + 13.0), Align::Centre, Ink::Label, &numbers::short(*tick));
        }
        for (index, row) in rows.iter().enumerate() {
            bar(pen, row, ROW * (index as f64 + 0.5) + 3.0, scale, gutter, format);
            let tip = format!("{}: {} and {} {unit}", row.label, numbers::short(row.left), plus(row.right));
            pen.tip((0.0, ROW * index as f64 + 3.0), (width, ROW * (index as f64 + 1.0) + 3.0), &tip);
        }
    })
}

fn bar(pen: &mut Pen<'_>, row: &Diverging, middle: f64, scale: Scale, gutter: f64, format: Format) {
    pen.text((gutter, middle), Align::Right, Ink::Strong, &cut(&row.label, format.pick(24, 17)));
    let (top, bottom) = (middle - 8.0, middle + 8.0);
    if row.left < 0.0 {
        pen.rect((scale.at(row.left), top), (scale.at(0.0), bottom), Ink::Part(1));
        pen.text((scale.at(row.left) - 5.0, middle), Align::Right, Ink::Label, &numbers::short(row.left));
    }
    if row.right > 0.0 {
        pen.rect((scale.at(0.0), top), (scale.at(row.right), bottom), Ink::Bad);
        pen.text((scale.at(row.right) + 5.0, middle), Align::Left, Ink::Label, &plus(row.right));
    }
}

fn plus(value: f64) -> String {
    format!("+{}", numbers::short(value))
}
