//! What was wanted per day, and what will be, with its range.

use super::Format;
use super::canvas::{Align, Ink, Pen, Point, draw};
use super::scale::{Scale, ticks};
use crate::report::numbers;
use crate::types::Day;

/// Days behind with their units, and days ahead with their quantiles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outlook {
    pub(crate) past: Vec<(Day, f64)>,
    pub(crate) ahead: Vec<Ahead>,
}

/// One day ahead, in units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ahead {
    pub(crate) day: Day,
    pub(crate) p50: f64,
    pub(crate) p80: f64,
    pub(crate) p95: f64,
}

/// Days that the smooth line averages.
const WEEK: usize = 7;

/// History as a line with its weekly average, the future as a line with two bands.
pub(crate) fn outlook(outlook: &Outlook, name: &str, format: Format) -> String {
    let past = &outlook.past[outlook.past.len().saturating_sub(format.pick(180, 70))..];
    let ahead = &outlook.ahead[..outlook.ahead.len().min(format.pick(56, 28))];
    let (width, height, left) = (format.width(), format.pick(280.0, 220.0), 44.0);
    let days = || past.iter().map(|(day, _)| *day).chain(ahead.iter().map(|point| point.day));
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return String::new() };
    let high = past.iter().map(|(_, units)| *units).chain(ahead.iter().map(|point| point.p95)).fold(1.0, f64::max);
    let ticks = ticks(0.0, high, 4);
    let down = Scale::new((0.0, ticks[ticks.len() - 1]), (height - 28.0, 12.0));
    let across = Scale::new((f64::from(first.days()), f64::from(last.days())), (left + 2.0, width - 8.0));
    let at = |day: Day, units: f64| (across.at(f64::from(day.days())), down.at(units));
    draw(width, height, name, |pen| {
        for tick in &ticks {
            let ink = if *tick == 0.0 { Ink::Axis } else { Ink::Grid };
            pen.line((left, down.at(*tick)), (width, down.at(*tick)), ink, 1.0);
            pen.text((left - 8.0, down.at(*tick)), Align::Right, Ink::Label, &numbers::short(*tick));
        }
        month_marks(pen, first, last, &at, height);
        bands(pen, ahead, &at);
        let daily: Vec<Point> = past.iter().map(|(day, units)| at(*day, *units)).collect();
        pen.path(&daily, Ink::Faint, 1.2);
        let smooth: Vec<Point> = past
            .windows(WEEK)
            .map(|week| at(week[WEEK - 1].0.plus(-3), week.iter().map(|(_, units)| units).sum::<f64>() / WEEK as f64))
            .collect();
        pen.path(&smooth, Ink::Axis, 2.0);
        if let Some(point) = ahead.first() {
            let x = at(point.day.plus(-1), 0.0).0;
            pen.line((x, 4.0), (x, height - 28.0), Ink::Limit, 1.0);
            pen.text((x - 6.0, 8.0), Align::Right, Ink::Label, "today");
        }
        tips(pen, past, ahead, &at, height);
    })
}

fn bands(pen: &mut Pen<'_>, ahead: &[Ahead], at: &dyn Fn(Day, f64) -> Point) {
    let line = |value: fn(&Ahead) -> f64| ahead.iter().map(|point| at(point.day, value(point))).collect::<Vec<Point>>();
    let (middle, likely, possible) = (line(|point| point.p50), line(|point| point.p80), line(|point| point.p95));
    for (lower, upper, ink) in [(&likely, &possible, Ink::Possible), (&middle, &likely, Ink::Likely)] {
        let shape: Vec<Point> = lower.iter().copied().chain(upper.iter().rev().copied()).collect();
        pen.area(&shape, ink);
    }
    pen.path(&middle, Ink::Main, 2.2);
}

fn month_marks(pen: &mut Pen<'_>, first: Day, last: Day, at: &dyn Fn(Day, f64) -> Point, height: f64) {
    let mut free_from = f64::MIN;
    let mut month = first.month();
    while month.first() <= last {
        let x = at(month.first(), 0.0).0;
        if month.first() >= first {
            pen.line((x, height - 28.0), (x, height - 23.0), Ink::Axis, 1.0);
            if x >= free_from && x < at(last, 0.0).0 - 20.0 {
                pen.text((x, height - 12.0), Align::Left, Ink::Label, &numbers::short_month(&month.to_string()));
                free_from = x + 58.0;
            }
        }
        month = month.next();
    }
}

fn tips(pen: &mut Pen<'_>, past: &[(Day, f64)], ahead: &[Ahead], at: &dyn Fn(Day, f64) -> Point, height: f64) {
    let half = (at(Day::from_days(1), 0.0).0 - at(Day::from_days(0), 0.0).0) / 2.0;
    let mut tip = |day: Day, text: String| {
        let x = at(day, 0.0).0;
        pen.tip((x - half, 0.0), (x + half, height), &text);
    };
    for (day, units) in past {
        tip(*day, format!("{}: {} units", numbers::day(*day), numbers::short(*units)));
    }
    for point in ahead {
        let (p50, p80, p95) = (numbers::short(point.p50), numbers::short(point.p80), numbers::short(point.p95));
        tip(
            point.day,
            format!(
                "{}: {p50} units expected; 4 days in 5 at most {p80}, 19 in 20 at most {p95}",
                numbers::day(point.day)
            ),
        );
    }
}
