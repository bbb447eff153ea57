//! How many kits the components allow.

use std::collections::BTreeMap;

use crate::types::Sku;

/// One component of a kit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// Units available: on hand less all promises, so possibly negative.
    pub available: i64,
    /// Units of it in one kit; at least 1.
    pub quantity: i64,
}

/// Kits that can be promised: the minimum over the components of floor(available ÷ quantity);
/// never a minimum of one figure less a minimum of another. `None` without components or where a
/// quantity is below 1.
///
/// ```
/// use trueup::ledger::{Component, kits_available};
/// let a = Component { available: 8 - 14, quantity: 2 };
/// let b = Component { available: 4_258 - 168, quantity: 1 };
/// assert_eq!(kits_available(&[a, b]), Some(-3));
/// ```
pub fn kits_available(components: &[Component]) -> Option<i64> {
    components
        .iter()
        .map(|component| (component.quantity > 0).then(|| component.available.div_euclid(component.quantity)))
        .reduce(|least, kits| Some(least?.min(kits?)))
        .flatten()
}

/// Kits available for every bundle whose components are all known. `parts` are the bundles'
/// components with nested bundles already resolved.
pub fn bundles_available<'a>(
    parts: impl IntoIterator<Item = (&'a Sku, &'a Sku, i64)>,
    available: impl Fn(&Sku) -> Option<i64>,
) -> BTreeMap<Sku, i64> {
    let mut components: BTreeMap<&Sku, Option<Vec<Component>>> = BTreeMap::new();
    for (bundle, sku, quantity) in parts {
        let known = components.entry(bundle).or_insert_with(|| Some(Vec::new()));
        match (available(sku), known.as_mut()) {
            (Some(available), Some(list)) => list.push(Component { available, quantity }),
            _ => *known = None,
        }
    }
    components.into_iter().filter_map(|(bundle, list)| Some((bundle.clone(), kits_available(&list?)?))).collect()
}
