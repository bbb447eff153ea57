//! What do hold-backs, caps and pauses keep from being sold anywhere?

use super::recommend::Recommendation;

/// Fills in the units of each SKU and pool that no channel would show: available less the largest
/// listing, all of them where no channel of the pool lists any. Rows must be sorted by SKU.
pub(super) fn stranded_by_pool(rows: &mut [Recommendation]) {
    for group in rows.chunk_by_mut(|a, b| a.sku == b.sku) {
        for index in 0..group.len() {
            group[index].stranded_units = stranded(group, index);
        }
    }
}

fn stranded(group: &[Recommendation], index: usize) -> i64 {
    let row = &group[index];
    let listed = group.iter().filter(|other| other.pool == row.pool).filter_map(|other| other.listed_quantity).max();
    let available = row.available.unwrap_or(0).max(0);
    listed.map_or(0, |listed| available - listed)
}
