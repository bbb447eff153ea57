//! Demand over a lead time that is itself uncertain.
//!
//! `F(x) = Σ_L P(L) F_L(x)`: the distribution functions are mixed, not the quantiles. Each `F_L` runs
//! straight between its known quantiles.

use super::LEVELS;
use super::forecasts::LeadTimeDemand;

/// Mixes demand over several numbers of days by their probabilities, which are scaled to add up to 1.
/// `None` without any probability above 0. The result stands for the mean number of days, rounded.
pub fn mix(parts: &[(LeadTimeDemand, f64)]) -> Option<LeadTimeDemand> {
    let parts: Vec<(&LeadTimeDemand, f64)> = parts
        .iter()
        .filter(|(_, chance)| chance.is_finite() && *chance > 0.0)
        .map(|(one, chance)| (one, *chance))
        .collect();
    let total: f64 = parts.iter().map(|(_, chance)| chance).sum();
    if parts.is_empty() {
        return None;
    }
    let weighted = |value: &dyn Fn(&LeadTimeDemand) -> f64| -> f64 {
        parts.iter().map(|(one, chance)| value(one) * chance).sum::<f64>() / total
    };
    let below = |units: f64| weighted(&|one| one.chance_at_most(units));
    let highest = parts.iter().map(|(one, _)| one.quantiles[LEVELS.len() - 1]).fold(0.0, f64::max);
    let quantile = |level: f64| {
        let (mut low, mut high) = (0.0, highest);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if below(middle) < level { low = middle } else { high = middle }
        }
        high
    };
    Some(LeadTimeDemand {
        days: weighted(&|one| f64::from(one.days)).round() as u32,
        mean: weighted(&|one| one.mean),
        quantiles: LEVELS.map(quantile),
    })
}
