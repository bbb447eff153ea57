//! What do the textbooks say? Every formula by its name, as a plain function over plain numbers.
//!
//! Goes in: rates, means, deviations, costs. Comes out: the formula's value, with the book's example
//! as its test. Policy, rounding rules and words live elsewhere.
//!
//! Three quantities are called "buffer" in the field; here they keep their own names. Replenishment
//! stock (`safety_stock`) says when to buy, the listing hold-back (`lag`) says how many units a
//! channel must not see, a protection level (`rationing`) says how many units wait for a better
//! channel.

mod alerts;
mod allocation;
mod classes;
mod fill_rate;
mod lag;
mod lot;
mod normal;
mod quantile;
mod rationing;
mod reorder;
mod safety_stock;

pub use alerts::{LagBand, WATCH_LINES, drift_alert, lag_band, latency_alert, promotion_watch_line};
pub use allocation::{
    Throttle, allocate, available_to_sell, floor_share, is_paused, listed_with_cap, percent_reserve, shares_with_flex,
    stranded_units, throttle, whole_units_up,
};
pub use classes::{
    Abc, DemandClass, SaleCosts, abc_classes, channel_margin, demand_interval, demand_pattern, gross_margin_return,
    size_variation,
};
pub use fill_rate::{
    fill_rate_base_stock_poisson, fill_rate_lot, fill_rate_lot_simple, fill_rate_periodic, safety_stock_for_fill_rate,
};
pub use lag::{
    critical_ratio, expected_oversells, implied_risk_factor, lag_buffer_naive, lag_buffer_newsvendor,
    lag_buffer_quantile, lag_buffer_worst_case, lag_mean_units, ratio_from_multiplier, risk_factor_normal,
};
pub use lot::{
    economic_lot, economic_lot_backorders, economic_lot_cost, lot_cost, newsvendor_cost_normal, newsvendor_normal,
    newsvendor_poisson, stock_out_share,
};
pub use normal::{normal_loss, normal_loss_inverse, normal_loss_second, service_factor};
pub use quantile::{
    Demand, compound_poisson_quantile, exposure, gamma_quantile, negative_binomial_quantile, poisson_quantile,
};
pub use rationing::{Tier, littlewood_normal, littlewood_poisson, protection_level};
pub use reorder::{LotPolicy, LotSystem};
pub use safety_stock::{
    Segment, base_stock_normal, base_stock_poisson, cover_target, order_up_to, pooled_deviation, reorder_point,
    safety_stock_dependent, safety_stock_independent, segment_safety_stock,
};
