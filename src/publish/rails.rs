//! When must a publication not go out without a person's word?

use super::plan::Plan;
use crate::config::PublishLimits;
use crate::error::{Diagnostic, Result};
use crate::types::Timestamp;

/// Limits that a night should not pass unseen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rails {
    /// Largest share of published listings whose hold-back may change.
    pub changed_share: f64,
    /// Most listings that may go from some units shown to none.
    pub zeroed: usize,
    /// Oldest inputs, in hours.
    pub oldest_input_hours: i64,
}

impl Default for Rails {
    /// 30 % changed, 20 listings at nothing, inputs of 36 hours.
    fn default() -> Self {
        Self::of(&PublishLimits::default())
    }
}

impl Rails {
    /// What the settings let through.
    pub fn of(limits: &PublishLimits) -> Self {
        Self {
            changed_share: limits.changed_share.to_f64(),
            zeroed: limits.zeroed_listings,
            oldest_input_hours: limits.oldest_input_hours,
        }
    }
}

/// How old the facts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputAge {
    /// The newest fact that the recommendations stand on.
    pub newest_input: Timestamp,
    /// The moment of publishing.
    pub now: Timestamp,
}

impl InputAge {
    fn hours(self) -> i64 {
        self.now.seconds_since(self.newest_input).div_euclid(3600)
    }

    fn is_beyond(self, hours: i64) -> bool {
        self.now.seconds_since(self.newest_input) > hours.saturating_mul(3600)
    }
}

/// A plan that may be published.
#[derive(Clone, Copy, Debug)]
pub struct Cleared<'a>(pub(super) &'a Plan);

impl Plan {
    /// Checks the plan against the rails; `force` is a person's word that it may go out all the same.
    ///
    /// # Errors
    /// What is beyond the rails, in one message.
    pub fn clear(&self, rails: &Rails, age: InputAge, force: bool) -> Result<Cleared<'_>> {
        let problems = self.problems(rails, age);
        if force || problems.is_empty() {
            return Ok(Cleared(self));
        }
        let message = format!("nothing is published: {}", problems.join("; "));
        Err(Diagnostic::error("publish-refused", message)
            .hint("look at the plan of `trueup publish`, then `trueup publish --yes --force` to publish all the same")
            .into())
    }

    /// What is beyond the rails, one phrase each.
    pub fn problems(&self, rails: &Rails, age: InputAge) -> Vec<String> {
        let share = self.changed_share();
        let changed = (share > rails.changed_share).then(|| {
            let (share, limit) = (share * 100.0, rails.changed_share * 100.0);
            format!("{share:.0} % of the buffers would change, more than {limit:.0} %")
        });
        let zeroed = (self.zeroed() > rails.zeroed)
            .then(|| format!("{} listings would show nothing, more than {}", self.zeroed(), rails.zeroed));
        let old = age
            .is_beyond(rails.oldest_input_hours)
            .then(|| format!("the newest input is {} hours old, more than {}", age.hours(), rails.oldest_input_hours));
        [changed, zeroed, old].into_iter().flatten().collect()
    }
}
