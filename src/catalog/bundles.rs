//! Bundles taken apart: how many of which product one bundle draws on which days, bundles in bundles
//! included.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use super::spans::{Span, spans};
use crate::error::{Diagnostic, Result};
use crate::lake::Rows;
use crate::query::BUNDLE_PARTS;
use crate::types::{Day, Sku};

type Parts = BTreeMap<Sku, i64>;

/// Per day and bundle its products, or why it cannot be taken apart.
type TakenApart<'a> = BTreeMap<(Day, &'a Sku), Result<Parts, String>>;

/// The table `bundle_parts` from the lake's `bundles`: per bundle, span of days and product the exact
/// product of the quantities on the way down, summed over the ways. A new span begins where any row
/// on the way begins or has ended. On days on which none of its own rows is in force the bundle is
/// itself, once: it was sold as it is. So it is on days on which it cannot be taken apart, which
/// [`bundles_set_aside`] tells.
///
/// # Errors
/// If the rows lack a column.
pub fn bundle_parts(bundles: &Rows) -> Result<Rows> {
    let compositions = Compositions::read(bundles)?;
    let mut taken_apart = TakenApart::new();
    let mut builder = BUNDLE_PARTS.builder();
    for bundle in compositions.rows.keys() {
        let or_itself = |parts: Result<Parts, String>| parts.unwrap_or_else(|_| itself(bundle));
        for (span, parts) in compositions.spans_of(bundle, &mut taken_apart, or_itself) {
            for (sku, quantity) in &parts {
                let from_until = [span.from.into(), span.until.into()];
                builder.push([bundle.into(), sku.into(), (*quantity).into()].into_iter().chain(from_until));
            }
        }
    }
    Ok(builder.finish())
}

/// A warning for each bundle that cannot be taken apart on some day: it contains itself, or more of a
/// product than can be counted.
///
/// # Errors
/// As [`bundle_parts`].
pub fn bundles_set_aside(bundles: &Rows) -> Result<Vec<Diagnostic>> {
    let compositions = Compositions::read(bundles)?;
    let mut taken_apart = TakenApart::new();
    let mut warnings = Vec::new();
    for bundle in compositions.rows.keys() {
        let why = compositions.spans_of(bundle, &mut taken_apart, Result::err).into_iter().find_map(|(_, why)| why);
        let hint = "correct the rows in `bundles.csv`, or give one of them an `until`";
        warnings.extend(why.map(|why| {
            let message = format!("bundle `{bundle}` is not taken apart and counts as a product of its own: {why}");
            Diagnostic::warning("bundle-set-aside", message).hint(hint)
        }));
    }
    Ok(warnings)
}

fn itself(bundle: &Sku) -> Parts {
    Parts::from([(bundle.clone(), 1)])
}

/// A row of `bundles`. `until` is the last day.
#[derive(Clone, Debug)]
struct Row {
    component: Sku,
    from: Day,
    until: Option<Day>,
    quantity: i64,
}

impl Row {
    fn is_in_force(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// Every bundle with its rows, as they are written.
#[derive(Debug, Default)]
struct Compositions {
    rows: BTreeMap<Sku, Vec<Row>>,
}

impl Compositions {
    fn read(bundles: &Rows) -> Result<Self> {
        let (bundle, component) = (bundles.text("bundle_sku")?, bundles.text("component_sku")?);
        let (from, until, quantity) = (bundles.day("from")?, bundles.day("until")?, bundles.integer("quantity")?);
        let mut compositions = Self::default();
        for row in 0..bundles.len() {
            let (Some(bundle), Some(component)) = (bundle.get(row), component.get(row)) else { continue };
            let (Some(from), Some(quantity)) = (from.get(row), quantity.get(row)) else { continue };
            let row = Row { component: Sku::new(component), from, until: until.get(row), quantity };
            compositions.rows.entry(Sku::new(bundle)).or_default().push(row);
        }
        Ok(compositions)
    }

    /// The parts as they are written, in force on a day; none for what is no bundle then.
    fn on(&self, bundle: &Sku, day: Day) -> BTreeMap<&Sku, i64> {
        // Of two rows for one part, the one that came into force later counts.
        let mut newest: BTreeMap<&Sku, (Day, i64)> = BTreeMap::new();
        for row in self.rows.get(bundle).into_iter().flatten().filter(|row| row.is_in_force(day)) {
            let part = newest.entry(&row.component).or_insert((row.from, row.quantity));
            *part = (*part).max((row.from, row.quantity));
        }
        newest.into_iter().map(|(component, (_, quantity))| (component, quantity)).collect()
    }

    /// The first days of what is new in a bundle or in anything that it ever held.
    fn changes(&self, bundle: &Sku) -> BTreeSet<Day> {
        let (mut changes, mut seen, mut open) = (BTreeSet::new(), BTreeSet::from([bundle]), vec![bundle]);
        while let Some(bundle) = open.pop() {
            for row in self.rows.get(bundle).into_iter().flatten() {
                changes.insert(row.from);
                changes.extend(row.until.map(|until| until.plus(1)));
                if seen.insert(&row.component) {
                    open.push(&row.component);
                }
            }
        }
        changes
    }

    /// What is `told` of the bundle's products, or of why there are none, by spans of days.
    fn spans_of<'a, V: PartialEq>(
        &'a self,
        bundle: &'a Sku,
        known: &mut TakenApart<'a>,
        told: impl Fn(Result<Parts, String>) -> V,
    ) -> Vec<(Span, V)> {
        let of_day = |day| Ok::<_, Infallible>(told(self.taken_apart(bundle, day, &mut Vec::new(), known)));
        match spans(&self.changes(bundle), of_day) {
            Ok(spans) => spans,
            Err(never) => match never {},
        }
    }

    /// The products of a bundle on a day; `known` has those of every bundle in it afterwards.
    fn taken_apart<'a>(
        &'a self,
        bundle: &'a Sku,
        day: Day,
        path: &mut Vec<&'a Sku>,
        known: &mut TakenApart<'a>,
    ) -> Result<Parts, String> {
        if let Some(parts) = known.get(&(day, bundle)) {
            return parts.clone();
        }
        if let Some(start) = path.iter().position(|sku| *sku == bundle) {
            let circle: Vec<String> = path[start..].iter().chain([&bundle]).map(|sku| format!("`{sku}`")).collect();
            return Err(format!("bundles contain each other in a circle, {}", circle.join(" contains ")));
        }
        path.push(bundle);
        let parts = self.sum_of_parts(bundle, day, path, known);
        path.pop();
        known.insert((day, bundle), parts.clone());
        parts
    }

    fn sum_of_parts<'a>(
        &'a self,
        bundle: &'a Sku,
        day: Day,
        path: &mut Vec<&'a Sku>,
        known: &mut TakenApart<'a>,
    ) -> Result<Parts, String> {
        let mut parts = Parts::new();
        for (component, quantity) in self.on(bundle, day) {
            if quantity < 1 {
                return Err(format!("it has {quantity} of `{component}`"));
            }
            for (sku, inner) in self.taken_apart(component, day, path, known)? {
                let before = parts.get(&sku).copied().unwrap_or(0);
                let sum = quantity.checked_mul(inner).and_then(|more| before.checked_add(more));
                let sum = sum.filter(|sum| *sum <= MOST_PARTS);
                parts.insert(sku.clone(), sum.ok_or_else(|| format!("it holds more of `{sku}` than can be counted"))?);
            }
        }
        Ok(if parts.is_empty() { itself(bundle) } else { parts })
    }
}

/// Units of one product in one bundle; times the units of a cell it can still be counted.
const MOST_PARTS: i64 = 10_000_000;
