//! What a person knows better: changes to the forecast, put on top of it until they expire.

use std::collections::BTreeMap;

use crate::types::{Channel, Day, Sku};

/// How a person changes a forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Times this: `+20%` is 1.2.
    Factor(f64),
    /// So many units a day: over all channels where none is named.
    UnitsPerDay(f64),
}

/// One change of the forecast of a SKU, or of all.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastOverride {
    /// The product; every product if `None`.
    pub sku: Option<Sku>,
    /// The channel; every channel if `None`.
    pub channel: Option<Channel>,
    /// The day it was made: it holds from the day after.
    pub made: Day,
    /// The last day it holds; without end if `None`.
    pub until: Option<Day>,
    /// What it does.
    pub change: Change,
    /// Who made it.
    pub author: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Change {
    /// Reads `+20%`, `-10%` or units a day such as `3.5`; `None` for anything else. A change that was
    /// copied from a table of the report may still have the `'` that keeps spreadsheets from running it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('\'').unwrap_or(text);
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        match text.strip_suffix('%') {
            Some(percent) => {
                number(percent).map(|percent| Self::Factor(1.0 + percent / 100.0)).filter(|change| change.is_sane())
            }
            None => number(text).map(Self::UnitsPerDay).filter(|change| change.is_sane()),
        }
    }

    /// What it multiplies by, if it does.
    pub(crate) fn factor(self) -> Option<f64> {
        match self {
            Self::Factor(factor) => Some(factor),
            Self::UnitsPerDay(_) => None,
        }
    }

    /// The units a day that it sets, if it does.
    pub(crate) fn units_per_day(self) -> Option<f64> {
        match self {
            Self::Factor(_) => None,
            Self::UnitsPerDay(units) => Some(units),
        }
    }

    fn is_sane(&self) -> bool {
        match self {
            Self::Factor(factor) => (0.0..=100.0).contains(factor),
            Self::UnitsPerDay(units) => (0.0..=1e7).contains(units),
        }
    }
}

impl ForecastOverride {
    fn is_about(&self, sku: &Sku) -> bool {
        self.sku.as_ref().is_none_or(|own| own == sku)
    }

    fn holds(&self, sku: &Sku, channel: &Channel, known: Day, day: Day) -> bool {
        self.is_about(sku)
            && self.channel.as_ref().is_none_or(|own| own == channel)
            && self.made <= known
            && self.until.is_none_or(|until| day <= until)
    }
}

/// Daily means of every channel with what people changed by `known`; a SKU's own change goes before
/// one for every SKU, a channel's before one for every channel, a later one before an earlier. Channels without a change stay.
pub(crate) fn apply(
    means: &mut BTreeMap<(Sku, Channel), Vec<f64>>,
    overrides: &[ForecastOverride],
    known: Day,
) -> Vec<(Sku, Channel)> {
    let mut totals: BTreeMap<Sku, (Vec<f64>, f64)> = BTreeMap::new();
    for ((sku, _), mean) in means.iter().filter(|((sku, _), _)| overrides.iter().any(|one| one.is_about(sku))) {
        let (total, channels) = totals.entry(sku.clone()).or_insert_with(|| (vec![0.0; mean.len()], 0.0));
        total.iter_mut().zip(mean).for_each(|(sum, mean)| *sum += mean);
        *channels += 1.0;
    }
    let mut changed = Vec::new();
    for ((sku, channel), mean) in means.iter_mut() {
        let Some((total, channels)) = totals.get(sku) else { continue };
        let mut any = false;
        for (ahead, mean) in mean.iter_mut().enumerate() {
            let day = known.plus(ahead as i32 + 1);
            let holding = overrides.iter().filter(|one| one.holds(sku, channel, known, day));
            let Some(one) = holding.max_by_key(|one| (one.sku.is_some(), one.channel.is_some(), one.made)) else {
                continue;
            };
            any = true;
            *mean = match (one.change, &one.channel) {
                (Change::Factor(factor), _) => *mean * factor,
                (Change::UnitsPerDay(units), Some(_)) => units,
                (Change::UnitsPerDay(units), None) if total[ahead] > 0.0 => units * *mean / total[ahead],
                (Change::UnitsPerDay(units), None) => units / channels,
            };
        }
        if any {
            changed.push((sku.clone(), channel.clone()));
        }
    }
    changed
}
