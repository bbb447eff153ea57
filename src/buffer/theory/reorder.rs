//! Continuous review with a lot Q at reorder point r, under normal demand.

use super::lot::{economic_lot, economic_lot_backorders};
use super::normal::{normal_loss, normal_loss_second, service_factor};

/// What is known of one product's supply.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LotSystem {
    /// Money per order, K.
    pub fixed_cost: f64,
    /// Money per unit and period, h.
    pub holding_cost: f64,
    /// Money per unit short (and period), p.
    pub stock_out_cost: f64,
    /// Units per period, λ.
    pub mean: f64,
    /// Deviation of units per period.
    pub deviation: f64,
    /// Periods until delivery, L.
    pub lead_time: f64,
}

/// Order `lot` units whenever the position falls to `reorder_point`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LotPolicy {
    /// r, in units.
    pub reorder_point: f64,
    /// Q, in units.
    pub lot: f64,
}

impl LotSystem {
    fn lead_mean(&self) -> f64 {
        self.mean * self.lead_time
    }

    fn lead_deviation(&self) -> f64 {
        self.deviation * self.lead_time.sqrt()
    }

    /// Units short per cycle at reorder point r: σ_L·G((r − μ_L)/σ_L).
    fn short(&self, reorder_point: f64) -> f64 {
        let spread = self.lead_deviation();
        spread * normal_loss((reorder_point - self.lead_mean()) / spread)
    }

    /// Expected cost rate when y units are on hand or on order: h(y − μ_L) + (h + p)·n(y).
    fn cost_rate(&self, position: f64) -> f64 {
        self.holding_cost * (position - self.lead_mean())
            + (self.holding_cost + self.stock_out_cost) * self.short(position)
    }

    /// Expected-inventory-level approximation: Q = √(2λ(K + p·n(r))/h) and
    /// r = F⁻¹(1 − Qh/(pλ)) in turn until both stand still.
    /// Snyder & Shen, 2nd edition, §5.3.2, example 5.2.
    ///
    /// ```
    /// use trueup::buffer::theory::LotSystem;
    /// let system = LotSystem {
    ///     fixed_cost: 8.0, holding_cost: 0.225, stock_out_cost: 7.5,
    ///     mean: 1300.0, deviation: 150.0, lead_time: 1.0 / 12.0,
    /// };
    /// let policy = system.expected_inventory_level();
    /// assert!((policy.reorder_point - 213.9704).abs() < 1e-3);
    /// assert!((policy.lot - 318.5902).abs() < 1e-3);
    /// ```
    pub fn expected_inventory_level(&self) -> LotPolicy {
        let mut lot = economic_lot(self.fixed_cost, self.holding_cost, self.mean);
        let mut reorder_point = self.lead_mean();
        for _ in 0..200 {
            let ratio = 1.0 - lot * self.holding_cost / (self.stock_out_cost * self.mean);
            reorder_point = self.lead_mean() + self.lead_deviation() * service_factor(ratio);
            let costs = self.fixed_cost + self.stock_out_cost * self.short(reorder_point);
            let next = (2.0 * self.mean * costs / self.holding_cost).sqrt();
            let moved = (next - lot).abs();
            lot = next;
            if moved < 1e-12 * lot {
                break;
            }
        }
        LotPolicy { reorder_point, lot }
    }

    /// Lot of the economic order quantity with backorders, reorder point where the cost rate is the
    /// same at r and r + Q. Snyder & Shen, 2nd edition, §5.3.3, example 5.4; Zheng 1992.
    pub fn lot_with_backorders(&self) -> LotPolicy {
        let lot = economic_lot_backorders(self.fixed_cost, self.holding_cost, self.stock_out_cost, self.mean);
        // Below the best position the cost falls with r, above it rises: the difference changes sign once.
        let gap = |reorder_point: f64| self.cost_rate(reorder_point) - self.cost_rate(reorder_point + lot);
        let spread = 20.0 * self.lead_deviation() + lot;
        let (mut low, mut high) = (self.lead_mean() - spread, self.lead_mean() + spread);
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            if gap(middle) > 0.0 { low = middle } else { high = middle }
        }
        LotPolicy { reorder_point: f64::midpoint(low, high), lot }
    }

    /// Economic lot, and a reorder point of lead-time demand plus z·σ_L at the ratio p/(p + h).
    /// Snyder & Shen, 2nd edition, §5.3.4, example 5.5.
    pub fn lot_with_safety_stock(&self) -> LotPolicy {
        let factor = service_factor(self.stock_out_cost / (self.stock_out_cost + self.holding_cost));
        LotPolicy {
            reorder_point: self.lead_mean() + factor * self.lead_deviation(),
            lot: economic_lot(self.fixed_cost, self.holding_cost, self.mean),
        }
    }

    /// Expected cost per period of a policy: (Kλ + ∫ cost rate from r to r + Q)/Q, the integral in
    /// closed form. Snyder & Shen, 2nd edition, §5.3.1, example 5.1.
    pub fn cost(&self, policy: LotPolicy) -> f64 {
        let (from, to) = (policy.reorder_point, policy.reorder_point + policy.lot);
        let (mean, spread) = (self.lead_mean(), self.lead_deviation());
        let held = self.holding_cost * policy.lot * (f64::midpoint(from, to) - mean);
        let second = |position: f64| spread * spread * normal_loss_second((position - mean) / spread);
        let short = (self.holding_cost + self.stock_out_cost) * (second(from) - second(to));
        (self.fixed_cost * self.mean + held + short) / policy.lot
    }
}
