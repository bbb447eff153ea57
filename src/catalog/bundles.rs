//! Bundles taken apart: how many of which product one bundle draws, bundles in bundles included.

use std::collections::BTreeMap;

use crate::error::{Diagnostic, Result};
use crate::lake::Rows;
use crate::query::BUNDLE_PARTS;
use crate::types::{Day, Sku};

type Parts = BTreeMap<Sku, i64>;

/// The table `bundle_parts` from the lake's `bundles` in force at `as_of`: per bundle and product
/// the exact product of the quantities on the way down, summed over the ways.
///
/// # Errors
/// Bundles that contain each other in a circle; a quantity below 1 or beyond 64 bits.
pub fn bundle_parts(bundles: &Rows, as_of: Day) -> Result<Rows> {
    let direct = in_force(bundles, as_of)?;
    let mut flat: BTreeMap<&Sku, Parts> = BTreeMap::new();
    for bundle in direct.keys() {
        take_apart(bundle, &direct, &mut Vec::new(), &mut flat)?;
    }
    let mut builder = BUNDLE_PARTS.builder();
    for (bundle, parts) in &flat {
        for (sku, quantity) in parts {
            builder.push([(*bundle).into(), sku.into(), (*quantity).into()]);
        }
    }
    Ok(builder.finish())
}

/// The parts as they are written, of the rows in force on a day. `until` is the last day.
fn in_force(bundles: &Rows, as_of: Day) -> Result<BTreeMap<Sku, Parts>> {
    let (bundle, component) = (bundles.text("bundle_sku")?, bundles.text("component_sku")?);
    let (from, until, quantity) = (bundles.day("from")?, bundles.day("until")?, bundles.integer("quantity")?);
    // Of two rows for one part, the one that came into force later counts.
    let mut newest: BTreeMap<(Sku, Sku), (Day, i64)> = BTreeMap::new();
    for row in 0..bundles.len() {
        let (Some(bundle), Some(component)) = (bundle.get(row), component.get(row)) else { continue };
        let (Some(from), Some(quantity)) = (from.get(row), quantity.get(row)) else { continue };
        if from > as_of || until.get(row).is_some_and(|until| until < as_of) {
            continue;
        }
        if quantity < 1 {
            let message = format!("bundle `{bundle}` has {quantity} of `{component}`");
            return Err(Diagnostic::error("bundle-quantity", message).hint("a part's quantity is 1 or more").into());
        }
        let part = newest.entry((Sku::new(bundle), Sku::new(component))).or_insert((from, quantity));
        *part = (*part).max((from, quantity));
    }
    let mut direct: BTreeMap<Sku, Parts> = BTreeMap::new();
    for ((bundle, component), (_, quantity)) in newest {
        direct.entry(bundle).or_default().insert(component, quantity);
    }
    Ok(direct)
}

fn take_apart<'a>(
    bundle: &'a Sku,
    direct: &'a BTreeMap<Sku, Parts>,
    path: &mut Vec<&'a Sku>,
    flat: &mut BTreeMap<&'a Sku, Parts>,
) -> Result<()> {
    if flat.contains_key(bundle) {
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
    for (component, quantity) in &direct[bundle] {
        if direct.contains_key(component) {
            take_apart(component, direct, path, flat)?;
            for (sku, inner) in &flat[component] {
                add(&mut parts, bundle, sku, quantity.checked_mul(*inner))?;
            }
        } else {
            add(&mut parts, bundle, component, Some(*quantity))?;
        }
    }
    path.pop();
    flat.insert(bundle, parts);
    Ok(())
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
