//! What had been projected a week ago, what came, and did people's changes help?

use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Day, Sku};

/// Days that are checked.
pub(crate) const CHECKED_DAYS: usize = 7;
/// A channel is off when its bias is beyond this, either way.
const CHANNEL_BIAS: f64 = 0.25;
/// Units that a channel must have projected or sold for its bias to say anything.
const LEAST_UNITS: f64 = 30.0;

/// Last week of one SKU on one channel, or of a whole channel.
#[derive(Clone, Debug, PartialEq)]
pub struct WeekCheck {
    /// The channel.
    pub channel: Channel,
    /// The product; `*` for all of the channel's.
    pub sku: Sku,
    /// The first day of the week.
    pub from: Day,
    /// The last day.
    pub until: Day,
    /// Units projected by the models.
    pub modelled: f64,
    /// Units projected once people's changes were put on top.
    pub projected: f64,
    /// Units wanted.
    pub actual: f64,
    /// `too high` or `too low` where the miss is beyond chance.
    pub exception: Option<&'static str>,
    /// Whether a person had changed it.
    pub overridden: bool,
}

impl WeekCheck {
    /// Projected less actual, over actual; `None` where nothing was wanted.
    pub fn bias(&self) -> Option<f64> {
        (self.actual > 0.0).then(|| (self.projected - self.actual) / self.actual)
    }

    /// Units that people's changes brought the projection nearer: below 0 where the models had been
    /// nearer; `None` without a change.
    pub fn override_gain(&self) -> Option<f64> {
        let (models, people) = ((self.modelled - self.actual).abs(), (self.projected - self.actual).abs());
        self.overridden.then_some(models - people)
    }
}

/// Beyond what one sum in forty is off, on either side: below, the distance above is mirrored.
pub(crate) fn beyond_chance(median: f64, upper: f64, actual: f64) -> Option<&'static str> {
    if actual > upper + 0.5 {
        Some("too low")
    } else if actual < 2.0 * median - upper - 0.5 {
        Some("too high")
    } else {
        None
    }
}

/// Adds a row for every channel, and sorts.
pub(crate) fn with_channels(mut checks: Vec<WeekCheck>) -> Vec<WeekCheck> {
    let mut channels: std::collections::BTreeMap<Channel, WeekCheck> = std::collections::BTreeMap::new();
    for one in &checks {
        let all = channels.entry(one.channel.clone()).or_insert_with(|| WeekCheck {
            sku: Sku::new("*"),
            modelled: 0.0,
            projected: 0.0,
            actual: 0.0,
            exception: None,
            overridden: false,
            ..one.clone()
        });
        all.modelled += one.modelled;
        all.projected += one.projected;
        all.actual += one.actual;
        all.overridden |= one.overridden;
    }
    for all in channels.values_mut() {
        let miss = all.projected - all.actual;
        let known = all.projected.max(all.actual) >= LEAST_UNITS;
        if known && miss.abs() > CHANNEL_BIAS * all.actual {
            all.exception = Some(if miss > 0.0 { "too high" } else { "too low" });
        }
    }
    checks.extend(channels.into_values());
    checks.sort_by(|a, b| (&a.channel, &a.sku).cmp(&(&b.channel, &b.sku)));
    checks
}

/// The columns of `forecast_check.csv`.
pub const FORECAST_CHECK: &[Column] = &[
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "from", kind: Kind::Day, nullable: false },
    Column { name: "until", kind: Kind::Day, nullable: false },
    Column { name: "projected", kind: Kind::Real, nullable: false },
    Column { name: "actual", kind: Kind::Real, nullable: false },
    Column { name: "bias", kind: Kind::Real, nullable: true },
    Column { name: "exception", kind: Kind::Text, nullable: true },
    Column { name: "modelled", kind: Kind::Real, nullable: false },
    Column { name: "override_gain", kind: Kind::Real, nullable: true },
    Column { name: "miss", kind: Kind::Real, nullable: false },
];

/// `forecast_check.csv`, by channel and SKU; `*` is the whole channel.
pub(crate) fn sheet(checks: &[WeekCheck]) -> Rows {
    let mut rows = RowsBuilder::new("forecast_check", FORECAST_CHECK.iter().copied());
    for one in checks {
        rows.push([
            Cell::from(&one.channel),
            (&one.sku).into(),
            one.from.into(),
            one.until.into(),
            to_four_places(one.projected).into(),
            to_four_places(one.actual).into(),
            one.bias().map(to_four_places).into(),
            one.exception.map(str::to_owned).into(),
            to_four_places(one.modelled).into(),
            one.override_gain().map(to_four_places).into(),
            to_four_places(one.projected - one.actual).into(),
        ]);
    }
    rows.finish()
}

fn to_four_places(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
