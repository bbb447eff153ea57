//! What had been projected a week ago, what came, and did people's changes help?

use std::collections::BTreeMap;

use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Day, Sku};

/// Days that are checked.
pub(crate) const CHECKED_DAYS: usize = 7;
/// The name of everything that is added up: a channel's listings, and all channels.
const WHOLE: &str = "*";

/// Last week of one SKU on one channel, of a whole channel, or of all channels.
#[derive(Clone, Debug, PartialEq)]
pub struct WeekCheck {
    /// The channel; `*` for all of them.
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
    /// From the projection to the end of its 95 % interval, on either side.
    pub half_width: f64,
    /// Whether a person had changed it.
    pub overridden: bool,
}

impl WeekCheck {
    /// The interval that 95 of 100 weeks lie in, if the projection is right: what is below mirrors what
    /// is above, and nothing sells less than nothing.
    pub fn interval(&self) -> (f64, f64) {
        ((self.projected - self.half_width).max(0.0), self.projected + self.half_width)
    }

    /// `too high` or `too low` where what was wanted lies outside the interval by more than the half
    /// unit that counting whole units makes.
    pub fn exception(&self) -> Option<&'static str> {
        let (low, high) = self.interval();
        if self.actual > high + 0.5 {
            Some("too low")
        } else if self.actual < low - 0.5 {
            Some("too high")
        } else {
            None
        }
    }

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

/// Adds a row for every channel and one for all, and sorts.
pub(crate) fn with_totals(mut checks: Vec<WeekCheck>) -> Vec<WeekCheck> {
    let mut channels: BTreeMap<&Channel, Vec<&WeekCheck>> = BTreeMap::new();
    for one in &checks {
        channels.entry(&one.channel).or_default().push(one);
    }
    let mut totals: Vec<WeekCheck> =
        channels.iter().filter_map(|(channel, parts)| total((*channel).clone(), parts)).collect();
    if totals.len() > 1 {
        let all = total(Channel::all(), &checks.iter().collect::<Vec<_>>());
        // what people changed is scored by channel
        totals.extend(all.map(|all| WeekCheck { overridden: false, ..all }));
    }
    checks.extend(totals);
    checks.sort_by(|a, b| (&a.channel, &a.sku).cmp(&(&b.channel, &b.sku)));
    checks
}

/// Listings added up. Their intervals are taken as independent, so that variances add up.
fn total(channel: Channel, parts: &[&WeekCheck]) -> Option<WeekCheck> {
    let first = parts.first()?;
    let sum = |of: fn(&WeekCheck) -> f64| parts.iter().map(|part| of(part)).sum::<f64>();
    Some(WeekCheck {
        channel,
        sku: Sku::new(WHOLE),
        from: first.from,
        until: first.until,
        modelled: sum(|part| part.modelled),
        projected: sum(|part| part.projected),
        actual: sum(|part| part.actual),
        half_width: sum(|part| part.half_width * part.half_width).sqrt(),
        overridden: parts.iter().any(|part| part.overridden),
    })
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
    Column { name: "low", kind: Kind::Real, nullable: false },
    Column { name: "high", kind: Kind::Real, nullable: false },
];

/// `forecast_check.csv`, by channel and SKU; `*` is all of them.
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
            one.exception().map(str::to_owned).into(),
            to_four_places(one.modelled).into(),
            one.override_gain().map(to_four_places).into(),
            to_four_places(one.projected - one.actual).into(),
            to_four_places(one.interval().0).into(),
            to_four_places(one.interval().1).into(),
        ]);
    }
    rows.finish()
}

fn to_four_places(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}
