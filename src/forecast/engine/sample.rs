//! Which past days' errors to look at: recent ones closer together, so that each stands for the same
//! weight when a weight halves every year, and a plain quantile of them is the weighted one.

/// Days after which an error counts half.
const HALF_LIFE: f64 = 365.0;
/// No error older than this counts.
const OLDEST: f64 = 730.0;
/// Errors sampled out of `OLDEST` days.
const COUNT: usize = 400;

/// Ages in steps, rising, of the errors to sample.
pub(crate) fn ages() -> Vec<u32> {
    let decay = std::f64::consts::LN_2 / HALF_LIFE;
    let whole = 1.0 - (-decay * OLDEST).exp();
    let mut ages: Vec<u32> = (0..COUNT)
        .map(|sample| {
            let weight = (sample as f64 + 0.5) / COUNT as f64 * whole;
            (-(1.0 - weight).ln() / decay) as u32
        })
        .collect();
    ages.dedup();
    ages
}
