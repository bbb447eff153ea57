//! How long a change takes to show, per channel: median to 99th percentile on a scale of powers.

use super::canvas::{Align, Ink, draw};
use super::scale::Scale;
use super::{Format, ROW, cut};
use crate::report::numbers;

/// One channel's lag in seconds.
#[derive(Clone, Debug)]
pub(crate) struct Lag {
    pub(crate) label: String,
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
}

/// Round times that an axis of powers may show, in seconds.
const TIMES: &[f64] =
    &[1.0, 10.0, 60.0, 300.0, 1_800.0, 7_200.0, 28_800.0, 86_400.0, 345_600.0, 1_382_400.0, 5_529_600.0];

/// Lags against the line above which they are worth an alert (seconds).
pub(crate) fn latency(rows: &[Lag], limit: f64, name: &str, format: Format) -> String {
    let (width, gutter) = (format.width(), format.pick(170.0, 96.0));
    let lowest = rows.iter().map(|row| row.p50).fold(limit, f64::min).max(1.0);
    let highest = rows.iter().map(|row| row.p99).fold(limit, f64::max);
    let first = TIMES.iter().rposition(|time| *time <= lowest).unwrap_or(0);
    let last = TIMES.iter().position(|time| *time >= highest).unwrap_or(TIMES.len() - 1);
    let power = |seconds: f64| seconds.max(TIMES[first]).ln();
    let scale = Scale::new((power(TIMES[first]), power(TIMES[last])), (gutter + 16.0, width - 24.0));
    let at = |seconds: f64| scale.at(power(seconds));
    let (top, bottom) = (20.0, ROW * rows.len() as f64 + 26.0);
    draw(width, bottom + 22.0, name, |pen| {
        for time in &TIMES[first..=last] {
            pen.line((at(*time), top), (at(*time), bottom), Ink::Grid, 1.0);
            pen.text((at(*time), bottom + 13.0), Align::Centre, Ink::Label, &numbers::duration(*time));
        }
        pen.line((at(limit), top - 4.0), (at(limit), bottom), Ink::Limit, 1.5);
        let alert = format!("alert above {}", numbers::duration(limit));
        pen.text((at(limit), 8.0), Align::Centre, Ink::Strong, &alert);
        for (index, row) in rows.iter().enumerate() {
            let middle = top + ROW * (index as f64 + 0.5) + 3.0;
            let ink = if row.p95 > limit { Ink::Bad } else { Ink::Main };
            pen.text((gutter, middle), Align::Right, Ink::Strong, &cut(&row.label, format.pick(24, 13)));
            pen.line((at(row.p50), middle), (at(row.p99), middle), Ink::Faint, 2.0);
            pen.line((at(row.p50), middle), (at(row.p95), middle), ink, 4.0);
            pen.dot((at(row.p50), middle), 4.0, ink);
            pen.rect((at(row.p95) - 1.5, middle - 8.0), (at(row.p95) + 1.5, middle + 8.0), ink);
            pen.rect((at(row.p99) - 1.0, middle - 5.0), (at(row.p99) + 1.0, middle + 5.0), Ink::Faint);
            let time = numbers::duration;
            let tip = format!(
                "{}: half within {}, 95 % within {}, 99 % within {}",
                row.label,
                time(row.p50),
                time(row.p95),
                time(row.p99)
            );
            pen.tip((0.0, middle - ROW / 2.0), (width, middle + ROW / 2.0), &tip);
        }
    })
}
