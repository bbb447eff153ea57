//! From values to pixels, and the round numbers on the way.

/// A straight scale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// Values from `low` to `high` lie between the pixels `start` and `end`.
    pub(crate) fn new((low, high): (f64, f64), (start, end): (f64, f64)) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, start, end }
    }

    /// The pixel of a value.
    pub(crate) fn at(self, value: f64) -> f64 {
        self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)
    }
}

/// About `wanted` round numbers that reach around `low` to `high`: steps of 1, 2 or 5 times a
/// power of ten.
pub(crate) fn ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let span = if high > low { high - low } else { 1.0 };
    let rough = span / wanted.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(power * 10.0);
    let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
    (first..=last.max(first + 1)).map(|count| count as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_around_the_values() {
        assert_eq!(ticks(0.0, 97.0, 4), [0.0, 50.0, 100.0]);
        assert_eq!(ticks(-3.0, 8.0, 5), [-5.0, 0.0, 5.0, 10.0]);
        assert_eq!(ticks(0.0, 0.0, 4), [0.0, 0.5]);
    }
}
