//! Who gets units first when one pool cannot serve all?

use super::theory;
use crate::types::{Channel, Rate};

/// One channel's claim on a pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The channel.
    pub channel: Channel,
    /// 1 is served first.
    pub tier: u8,
    /// Units that are promised to it: wholesale orders, negotiated minimums.
    pub committed: i64,
    /// Units it can sell until the next delivery, expected.
    pub mean_units: f64,
    /// What one unit earns there.
    pub unit_value: f64,
    /// Its share of what is left after commitments, where shares are wanted.
    pub share: Rate,
}

/// What a claim gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The channel.
    pub channel: Channel,
    /// Promised units that the pool can keep.
    pub committed: i64,
    /// Units of its share.
    pub shared: i64,
    /// Units of the flexible reserve.
    pub flexible: i64,
}

impl Grant {
    /// All units it gets.
    pub fn total(&self) -> i64 {
        self.committed + self.shared + self.flexible
    }
}

/// Splits a pool: commitments first, by tier; then shares of the rest, rounded down; then the
/// flexible reserve (what the shares leave) unit by unit to the channel where one more unit earns
/// most, v·P(D > units already granted), ties to the lower tier and then the earlier claim.
///
/// The grants stand in the order of the claims and add up to the pool.
pub fn allocate_pool(pool_units: i64, claims: &[Claim]) -> Vec<Grant> {
    let mut grants: Vec<Grant> = claims
        .iter()
        .map(|claim| Grant { channel: claim.channel.clone(), committed: 0, shared: 0, flexible: 0 })
        .collect();
    if claims.is_empty() {
        return grants;
    }
    let mut left = pool_units.max(0);
    for index in by_tier(claims) {
        let units = claims[index].committed.clamp(0, left);
        grants[index].committed = units;
        left -= units;
    }
    let shares: Vec<Rate> = claims.iter().map(|claim| claim.share).collect();
    let parts = theory::shares_with_flex(left, &shares);
    for (grant, part) in grants.iter_mut().zip(&parts) {
        grant.shared = *part;
    }
    release(parts[claims.len()], claims, &mut grants);
    grants
}

fn by_tier(claims: &[Claim]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by_key(|index| claims[*index].tier);
    order
}

/// Above this many units the reserve is released in equal steps, so that a huge pool stays quick.
const STEPS: i64 = 10_000;

fn release(flex: i64, claims: &[Claim], grants: &mut [Grant]) {
    let order = by_tier(claims);
    let step = (flex / STEPS).max(1);
    let mut left = flex;
    while left > 0 {
        let units = step.min(left);
        let best = order
            .iter()
            .copied()
            .map(|index| (index, marginal_value(&claims[index], &grants[index])))
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .map_or(0, |(index, _)| index);
        grants[best].flexible += units;
        left -= units;
    }
}

fn marginal_value(claim: &Claim, grant: &Grant) -> f64 {
    let beyond = grant.shared + grant.flexible;
    claim.unit_value * theory::Demand::Poisson { mean: claim.mean_units }.upper_tail(beyond)
}
