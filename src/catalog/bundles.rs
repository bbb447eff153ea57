//! Bundles taken apart: how many of which product one bundle draws on which days, bundles in bundles
//! included.

use std::collections::{BTreeMap, BTreeSet};

use super::spans::spans;
use crate::error::{Diagnostic, Result};
use crate::lake::Rows;
use crate::query::BUNDLE_PARTS;
use crate::types::{Day, Sku};

type Parts = BTreeMap<Sku, i64>;

/// The table `bundle_parts` from the lake's `bundles`: per bundle, span of days and product the exact
/// product of the quantities on the way down, summed over the ways. A new span begins where any row
/// on the way begins or has ended. On days on which none of its own rows is in force the bundle is
/// itself, once: it was sold as it is.
///
/// # Errors
/// Bundles that contain each other in a circle on some day; a quantity below 1 or beyond 64 bits.
pub fn bundle_parts(bundles: &Rows) -> Result<Rows> {
    let compositions = Compositions::read(bundles)?;
    let mut taken_apart = BTreeMap::new();
    let mut builder = BUNDLE_PARTS.builder();
    for bundle in compositions.rows.keys() {
        let changes = compositions.changes(bundle);
        let spans = spans(&changes, |day| {
            compositions.take_apart(bundle, day, &mut Vec::new(), &mut taken_apart)?;
            Ok::<_, Box<Diagnostic>>(taken_apart[&(day, bundle)].clone())
        })?;
        for (span, parts) in spans {
            for (sku, quantity) in &parts {
                let from_until = [span.from.into(), span.until.into()];
                builder.push([bundle.into(), sku.into(), (*quantity).into()].into_iter().chain(from_until));
            }
        }
    }
    Ok(builder.finish())
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
            if quantity < 1 {
                let message = format!("bundle `{bundle}` has {quantity} of `{component}`");
                return Err(Diagnostic::error("bundle-quantity", message)
                    .hint("a part's quantity is 1 or more")
                    .into());
            }
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

    /// Puts the products of a bundle on a day into `taken_apart`, and those of every bundle in it.
    fn take_apart<'a>(
        &'a self,
        bundle: &'a Sku,
        day: Day,
        path: &mut Vec<&'a Sku>,
        taken_apart: &mut BTreeMap<(Day, &'a Sku), Parts>,
    ) -> Result<()> {
        if taken_apart.contains_key(&(day, bundle)) {
            return Ok(());
        }
        if let Some(start) = path.iter().position(|sku| *sku == bundle) {
            let circle: Vec<String> = path[start..].iter().chain([&bundle]).map(|sku| format!("`{sku}`")).collect();
            let message = format!("bundles contain each other in a circle: {}", circle.join(" contains "));
            let hint = "correct the rows in `bundles.csv`, or give one of them an `until`";
            return Err(Diagnostic::error("bundle-circle", message).hint(hint).into());
        }
        path.push(bundle);
        let mut parts = Parts::new();
        for (component, quantity) in self.on(bundle, day) {
            self.take_apart(component, day, path, taken_apart)?;
            for (sku, inner) in &taken_apart[&(day, component)] {
                add(&mut parts, bundle, sku, quantity.checked_mul(*inner))?;
            }
        }
        if parts.is_empty() {
            parts.insert(bundle.clone(), 1);
        }
        path.pop();
        taken_apart.insert((day, bundle), parts);
        Ok(())
    }
}

fn add(parts: &mut Parts, bundle: &Sku, sku: &Sku, quantity: Option<i64>) -> Result<()> {
    let before = parts.get(sku).copied().unwrap_or(0);
    let Some(sum) = quantity.and_then(|quantity| before.checked_add(quantity)) else {
        let message = format!("bundle `{bundle}` holds more of `{sku}` than can be counted");
        return Err(Diagnostic::error("bundle-quantity", message).into());
    };
    parts.insert(sku.clone(), sum);
    Ok(())
}
