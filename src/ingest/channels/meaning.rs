//! What is an amount of a settlement, by the names that its document gives it?

use super::words::{containing, named};

/// What an amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// One of [`crate::lake::SETTLEMENT_KINDS`].
    pub(super) kind: &'static str,
    /// Whether only a word in its name says so.
    pub(super) is_assumed: bool,
}

/// Names or words and the kinds of amounts that they tell.
pub(super) type Kinds = &'static [(&'static str, &'static str)];

impl Meaning {
    pub(super) const fn known(kind: &'static str) -> Self {
        Self { kind, is_assumed: false }
    }

    /// By the first of an amount's names that is in the list, else by the first that holds a word.
    pub(super) fn of(names: &[&str], known: Kinds, words: Kinds) -> Self {
        let by_name = names.iter().find_map(|name| named(name, known)).map(Self::known);
        let by_word = || names.iter().find_map(|name| containing(name, words));
        let assumed = || by_word().map(|kind| Self { kind, is_assumed: true });
        by_name.or_else(assumed).unwrap_or(Self::known("other"))
    }

    /// Whether no list knows it.
    pub(super) fn is_open(self) -> bool {
        self.is_assumed || self.kind == "other"
    }
}

/// `AmazonFees / Coupon Participation Fee`: names without the empty ones, and none twice in a row.
pub(super) fn joined(names: &[&str]) -> String {
    let mut names: Vec<&str> = names.iter().copied().filter(|name| !name.is_empty()).collect();
    names.dedup();
    names.join(" / ")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::lake::SETTLEMENT_KINDS;

    /// Holds that every name tells a kind that there is, and that none hides another.
    pub(in crate::ingest::channels) fn holds(known: Kinds, words: Kinds) {
        for (name, kind) in known.iter().chain(words) {
            assert!(SETTLEMENT_KINDS.contains(kind), "`{name}` is a `{kind}`");
        }
        for (place, (name, kind)) in known.iter().enumerate() {
            let found = named(name.trim_end_matches('*'), &known[..place]);
            assert!(found.is_none_or(|found| found == *kind), "`{name}` is never found");
        }
    }
}
