//! Net sales by month with what was left of them.

use super::Format;
use super::canvas::{Align, Ink, draw};
use super::scale::{Scale, ticks};
use crate::report::numbers;
use crate::types::Currency;

/// One month; what is unknown has no bar.
#[derive(Clone, Debug)]
pub(crate) struct MonthBar {
    pub(crate) label: String,
    pub(crate) sales: Option<f64>,
    pub(crate) contribution: Option<f64>,
}

/// A wide bar for sales and a narrow one for contribution in front of it.
pub(crate) fn months(bars: &[MonthBar], currency: Currency, name: &str, format: Format) -> String {
    let (width, height, left) = (format.width(), format.pick(230.0, 200.0), 58.0);
    let values = || bars.iter().flat_map(|bar| [bar.sales, bar.contribution]).flatten();
    let ticks = ticks(values().fold(0.0, f64::min), values().fold(0.0, f64::max), 4);
    let down = Scale::new((ticks[0], ticks[ticks.len() - 1]), (height - 26.0, 10.0));
    let across = Scale::new((0.0, bars.len() as f64), (left + 6.0, width - format.pick(6.0, 14.0)));
    draw(width, height, name, |pen| {
        for tick in &ticks {
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            pen.line((left, down.at(*tick)), (width, down.at(*tick)), ink, 1.0);
            pen.text((left - 8.0, down.at(*tick)), Align::Right, Ink::Label, &numbers::short_money(*tick, currency));
        }
        let each = across.at(1.0) - across.at(0.0);
        let every = (format.pick(50.0, 46.0) / each).ceil().max(1.0) as usize;
        for (index, bar) in bars.iter().enumerate() {
            let middle = across.at(index as f64 + 0.5);
            let mut column = |value: Option<f64>, half: f64, ink: Ink| {
                if let Some(value) = value {
                    pen.rect((middle - half, down.at(0.0)), (middle + half, down.at(value)), ink);
                }
            };
            column(bar.sales, (each * 0.36).min(26.0), Ink::Possible);
            let ink = if bar.contribution.is_some_and(|value| value < 0.0) { Ink::Bad } else { Ink::Main };
            column(bar.contribution, (each * 0.18).min(13.0), ink);
            if (bars.len() - 1 - index).is_multiple_of(every) {
                pen.text((middle, height - 10.0), Align::Centre, Ink::Label, &bar.label);
            }
            let money = |value: Option<f64>| {
                value.map_or(numbers::UNKNOWN.into(), |value| numbers::short_money(value, currency))
            };
            let tip =
                format!("{}: net sales {}, contribution {}", bar.label, money(bar.sales), money(bar.contribution));
            pen.tip((across.at(index as f64), 0.0), (across.at(index as f64 + 1.0), height), &tip);
        }
    })
}
