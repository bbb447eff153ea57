//! Which number comes next? Every draw of the sample shop comes from one seeded stream.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson, StandardNormal};

/// The stream of draws: the same seed gives the same shop.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform between `low` and `high`.
    pub(crate) fn real(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number from `low` to `high`, both possible.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = (high - low + 1).max(1);
        low + ((self.unit() * width as f64) as i64).min(width - 1)
    }

    /// An index below `count`, which is not zero.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.between(0, count as i64 - 1) as usize
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// How many events when `mean` are expected. Most days of most listings have none, and that
    /// answer costs one draw.
    pub(crate) fn poisson(&mut self, mean: f64) -> i64 {
        if mean <= 0.0 {
            return 0;
        }
        if mean > 12.0 {
            return Poisson::new(mean).map_or(0, |poisson| poisson.sample(&mut self.0) as i64);
        }
        let mut left = self.unit();
        let mut chance = (-mean).exp();
        let mut count = 0;
        while left >= chance && count < 200 {
            left -= chance;
            count += 1;
            chance *= mean / count as f64;
        }
        count
    }

    /// Log-normal with this median and this spread of the logarithm.
    pub(crate) fn lognormal(&mut self, median: f64, spread: f64) -> f64 {
        let normal: f64 = StandardNormal.sample(&mut self.0);
        median * (spread * normal).exp()
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// An index in proportion to `weights`.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.unit() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        weights.len() - 1
    }
}
