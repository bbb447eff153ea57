//! The worked numbers: every case with what it must give and what it gives on this machine.

use super::ExitStatus;
use crate::buffer::theory::{self, Demand};
use crate::buffer::{is_too_thin, observed_tier, release_waves, replenishment_units};
use crate::config::{DriftAlert, Multiplier};
use crate::demand::DemandSeries;
use crate::drift::{is_alert, is_late};
use crate::error::Result;
use crate::forecast::{Model, Ses, Velocity};
use crate::ledger::{Component, kits_available};
use crate::shell::{Shell, count};
use crate::types::{Channel, Day, Money, Rate, Sku};

/// One worked number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// `stock`, `buffers`, `drift`, `money`, `demand`.
    pub group: &'static str,
    /// The case in words, with its inputs.
    pub name: &'static str,
    /// What must come out.
    pub expected: String,
    /// What comes out.
    pub got: String,
}

impl Case {
    /// True where the arithmetic holds.
    pub fn holds(&self) -> bool {
        self.expected == self.got
    }
}

/// Shows every case and whether it comes out.
pub(super) fn selftest(shell: &Shell) -> Result<ExitStatus> {
    let cases = cases();
    let mut text = String::new();
    for case in &cases {
        let verdict = if case.holds() { "ok".to_owned() } else { format!("WRONG: {}", case.got) };
        text += &format!("{:<10} {:<58} {:<24} {verdict}\n", case.group, case.name, case.expected);
    }
    shell.data(text.as_bytes())?;
    let right = cases.iter().filter(|case| case.holds()).count();
    shell.status("Worked", format!("{} of {} come out", right, count(cases.len() as u64, "book example")));
    Ok(if right == cases.len() { ExitStatus::Fine } else { ExitStatus::SaysNo })
}

/// All cases, by group.
pub fn cases() -> Vec<Case> {
    [stock(), allocation(), cover(), holdback(), books(), drift(), money(), demand()].concat()
}

fn case(group: &'static str, name: &'static str, expected: impl ToString, got: impl ToString) -> Case {
    Case { group, name, expected: expected.to_string(), got: got.to_string() }
}

fn list<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(" / ")
}

fn yes(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn percent(points: i64) -> Rate {
    Rate::from_millionths(points * 10_000)
}

fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn stock() -> Vec<Case> {
    const GROUP: &str = "stock";
    let available = theory::available_to_sell(1_000, 250, 75);
    let exposed = [300, 200].map(|cap| theory::listed_with_cap(available, Some(cap)));
    let floor = |units: i64| {
        let left = theory::available_to_sell(units, 0, 5);
        if theory::is_paused(left, 3) { 0 } else { left }
    };
    let cliff = |units: i64| if theory::is_paused(units, 6) { 0 } else { units };
    let kits = |components: &[(i64, i64)]| {
        let components: Vec<Component> =
            components.iter().map(|&(available, quantity)| Component { available, quantity }).collect();
        kits_available(&components).map_or_else(String::new, |kits| kits.to_string())
    };
    vec![
        case(GROUP, "1,000 on hand, 100 inbound, 75 buffer, 250 reserved", 675, available),
        case(GROUP, "caps of 300 and 200 on 675: exposed", 500, exposed.iter().sum::<i64>()),
        case(GROUP, "caps of 300 and 200 on 675: left", 175, available - exposed.iter().sum::<i64>()),
        case(
            GROUP,
            "hidden: 10 own store, 15 marketplace, 20 in quality control",
            45,
            200 - theory::available_to_sell(200, 0, 10 + 15 + 20),
        ),
        case(GROUP, "available − 5 with a floor of 3: 20, 7", "15 / 0", list([20, 7].map(floor))),
        case(GROUP, "nothing at 5 or fewer: 40, 4", "40 / 0", list([40, 4].map(cliff))),
        case(GROUP, "at most 20 of 40", 20, theory::listed_with_cap(40, Some(20))),
        case(
            GROUP,
            "12 on hand, 2 buffer, then one sold",
            "10 / 9",
            list([12, 11].map(|units| theory::available_to_sell(units, 0, 2))),
        ),
        case(
            GROUP,
            "kit of 2 A and 1 B; A 8 of which 14 promised, B 4,258 of which 168",
            -3,
            kits(&[(8 - 14, 2), (4_258 - 168, 1)]),
        ),
        case(GROUP, "P1 = P2 + P3, P2 = P3, 10 of P3", 5, kits(&[(10, 1 + 1)])),
    ]
}

fn allocation() -> Vec<Case> {
    const GROUP: &str = "stock";
    let shares = theory::shares_with_flex(675, &[percent(40), percent(50)]);
    let reserves = [(50, true), (50, true), (50, false), (50, false)];
    let listed = [(1, 90), (2, 40), (3, 50)].map(|(units, share)| theory::floor_share(units, percent(share)));
    let watch = [51, 50, 20, 10].map(|left| theory::promotion_watch_line(200, left).unwrap_or(0));
    let paused = |threshold| move |pool| yes(theory::is_paused(pool, threshold));
    vec![
        case(GROUP, "675 at 40 / 50 / 10 flexible", "270 / 337 / 68", list(shares)),
        case(
            GROUP,
            "101 by largest remainder at 40 / 50 / 10",
            "40 / 51 / 10",
            list(theory::allocate(101, &[40, 50, 10])),
        ),
        case(GROUP, "50 held on each of 4 channels, two idle: stranded", 100, theory::stranded_units(&reserves)),
        case(
            GROUP,
            "of 100, TikTok Shop 15 % and own store 5 % are held",
            "15 / 5",
            list([15, 5].map(|share| theory::percent_reserve(100, percent(share)))),
        ),
        case(GROUP, "1 × 90 %, 2 × 40 %, 3 × 50 % listed", "0 / 0 / 1", list(listed)),
        case(GROUP, "paused below 20: pool of 19, 20, 21", "yes / no / no", list([19, 20, 21].map(paused(20)))),
        case(GROUP, "paused below 30 in a flash sale: pool of 29, 30", "yes / no", list([29, 30].map(paused(30)))),
        case(GROUP, "watch line with 51, 50, 20, 10 of 200 left", "0 / 25 / 10 / 5", list(watch)),
        case(GROUP, "100 units in 3 waves", "34 / 33 / 33", list(release_waves(100, 3))),
    ]
}

fn cover() -> Vec<Case> {
    const GROUP: &str = "buffers";
    let target = |multiplier| theory::cover_target(Multiplier::Whole, 10.0 * 14.0, 30.0, multiplier);
    let form = |form| theory::cover_target(form, 25.0 * 3.0, 15.0, 1.5);
    vec![
        case(GROUP, "cover: 10 a day, 14 days, safety stock 30", 170, target(1.0)),
        case(GROUP, "cover × 1.5, × 1.0, × 1.3", "255 / 170 / 221", list([1.5, 1.0, 1.3].map(target))),
        case(
            GROUP,
            "25 a day, 3 days, 15, × 1.5: whole, cycle only",
            "135 / 128",
            list([Multiplier::Whole, Multiplier::CycleOnly].map(form)),
        ),
        case(
            GROUP,
            "replenish at 14 days of 10 a day: 140, 139 units",
            "no / yes",
            list([140, 139].map(|units| yes(replenishment_units(units, 10.0, 14, 14) > 0))),
        ),
        case(
            GROUP,
            "replenish at 30 days of 10 a day: 300, 299 units",
            "no / yes",
            list([300, 299].map(|units| yes(replenishment_units(units, 10.0, 30, 14) > 0))),
        ),
    ]
}

fn holdback() -> Vec<Case> {
    const GROUP: &str = "buffers";
    let in_lag = theory::lag_mean_units(0.5, 0.0, 0.0, 5.0);
    let hourly = theory::lag_mean_units(50.0 / 60.0, 0.0, 0.0, 60.0);
    let quantile = |risk| theory::lag_buffer_quantile(Demand::Poisson { mean: in_lag }, risk);
    vec![
        case(GROUP, "one unit every 2 minutes, 5-minute sync", 2.5, in_lag),
        case(
            GROUP,
            "2.5 × 1.0, 1.5, 2.0",
            "3 / 4 / 5",
            list([1.0, 1.5, 2.0].map(|factor| theory::lag_buffer_naive(in_lag, factor))),
        ),
        case(
            GROUP,
            "a buffer of 1, 2, 3 is too thin for it",
            "yes / yes / no",
            list([1, 2, 3].map(|buffer| yes(is_too_thin(buffer, in_lag)))),
        ),
        case(GROUP, "2.5 in one lag: hold-back at 5 %, 1 % risk", "5 / 7", list([0.05, 0.01].map(quantile))),
        case(
            GROUP,
            "4 sold per update × 1.0, 2.0",
            "4 / 8",
            list([1.0, 2.0].map(|factor| theory::lag_buffer_naive(4.0, factor))),
        ),
        case(GROUP, "50 an hour, hourly sync: units exposed", 50, hourly),
        case(GROUP, "50 an hour, hourly sync: hold-back at 1 % risk", 67, theory::poisson_quantile(hourly, 0.99)),
        case(GROUP, "an hourly sync is", "batch", observed_tier(3600.0).word()),
    ]
}

fn books() -> Vec<Case> {
    const GROUP: &str = "buffers";
    // Nine digits: the last bits of a float differ between machines, the book's do not.
    let nine = |value: f64| format!("{value:.9}");
    vec![
        case(
            GROUP,
            "newsvendor: holding 0.18, stock-out 0.70, mean 50, deviation 8",
            "56.603955927",
            nine(theory::newsvendor_normal(0.18, 0.70, 50.0, 8.0)),
        ),
        case(
            GROUP,
            "economic lot: fixed 8, holding 0.225, demand 1300",
            "304.046780026",
            nine(theory::economic_lot(8.0, 0.225, 1300.0)),
        ),
    ]
}

fn drift() -> Vec<Case> {
    const GROUP: &str = "drift";
    let alert =
        DriftAlert { drift_units: 5, drift_rate: None, latency_minutes: 30, stale_after_days: None, fail: false };
    vec![
        case(
            GROUP,
            "alert above 5: 79, 78 of 84",
            "no / yes",
            list([79, 78].map(|reported| yes(is_alert(84, reported, &alert)))),
        ),
        case(
            GROUP,
            "alert above 30 minutes: 30:00, 30:01",
            "no / yes",
            list([1800, 1801].map(|seconds| yes(is_late(seconds, &alert)))),
        ),
    ]
}

fn money() -> Vec<Case> {
    const GROUP: &str = "money";
    let price = cents(10_000);
    let bound = |points: i64| price + price.at_rate(percent(points));
    vec![
        case(GROUP, "anchor 100.00: TikTok Shop from, own store to", "95.00 / 110.00", list([-5, 10].map(bound))),
        case(GROUP, "MAP 80.00 at 50 %", "40.00", cents(8_000).at_rate(percent(50))),
        case(GROUP, "8,000 × 1.95 + 800 × 6.95", "21160.00", cents(195).times(8_000) + cents(695).times(800)),
        case(GROUP, "1.00 in three parts", "0.34 / 0.33 / 0.33", list(cents(100).split(&[1, 1, 1]))),
    ]
}

fn demand() -> Vec<Case> {
    const GROUP: &str = "demand";
    let history = [94_764.0, 103_900.0, 167_777.0, 291_264.0];
    let smoothed = (1..=4).map(|days| format!("{:.2}", Ses::classical(0.3).fit(&history[..days]).level));
    let mut month = DemandSeries::plain(Sku::new("A"), Channel::new("own store"), Day::from_days(0), vec![0.0; 30]);
    month.units[3] = 10.0;
    month.out_of_stock[15..].fill(1.0);
    vec![
        case(
            GROUP,
            "smoothing 94764, 103900, 167777, 291264 at 0.3",
            "94764.00 / 97504.80 / 118586.46 / 170389.72",
            list(smoothed),
        ),
        case(
            GROUP,
            "10 sold in 30 days, out of stock for 15: a month",
            "20.0",
            format!("{:.1}", Velocity::of(&month).mean_per_day * 30.0),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::cases;

    #[test]
    fn every_worked_number_comes_out() {
        let broken: Vec<_> = cases().into_iter().filter(|case| !case.holds()).collect();
        assert!(broken.is_empty(), "{broken:#?}");
    }
}
