//! Which amounts must have their sign turned? A settlement's costs and refunds are below zero, a refund's amount is not.

use std::collections::BTreeSet;

use super::draft::{Draft, listed};
use super::guess::{self, Subject};

/// Kinds of settlement lines that take money from the seller.
const TAKING: &[&str] = &[
    "refund",
    "discount",
    "tax_withheld",
    "referral_fee",
    "fulfilment_fee",
    "payment_fee",
    "storage_fee",
    "subscription_fee",
    "advertising",
    "shipping_label",
    "return_fee",
    "chargeback",
];

/// Kinds that move a balance either way.
const EITHER_WAY: &[&str] = &["reserve", "payout", "other"];

impl Draft<'_> {
    /// The columns whose sign is turned, each with why among the doubts.
    pub(super) fn negated(&mut self) -> Vec<&'static str> {
        match self.table.name {
            "settlement_lines" => self.negated_settlement().into_iter().collect(),
            "refund_lines" => self.negated_refunds(),
            _ => Vec::new(),
        }
    }

    fn negated_settlement(&mut self) -> Option<&'static str> {
        let place = *self.guess.columns.get("amount")?;
        let header = self.file.sniffed.headers[place].clone();
        if self.has_signs(place) {
            return None;
        }
        if self.is_cost(place) {
            self.doubts.push(format!("`amount`: `{header}` is taken for a cost, so its sign is turned"));
            return Some("amount");
        }
        let (taking, giving) = self.kinds();
        let taking: Vec<&str> = taking.iter().map(String::as_str).collect();
        if taking.is_empty() {
            return None;
        }
        let told = listed(&taking, " and ");
        if giving.is_empty() {
            self.doubts
                .push(format!("`amount`: all rows are {told}, which take money from you, so its sign is turned"));
            return Some("amount");
        }
        self.unsaid.push(format!(
            "no amount of `{header}` is below zero, though {told} take money from you: export it with signs, or each kind by \
             itself with `negate = [\"amount\"]` for those"
        ));
        None
    }

    /// What of a refund is written below zero.
    fn negated_refunds(&mut self) -> Vec<&'static str> {
        let mut negated = Vec::new();
        for column in ["amount", "quantity"] {
            let Some(place) = self.guess.columns.get(column).copied().filter(|place| self.is_mostly_negative(*place))
            else {
                continue;
            };
            let header = &self.file.sniffed.headers[place];
            self.doubts.push(format!(
                "`{column}`: `{header}` is below zero, and what came back is counted above, so its sign is turned"
            ));
            negated.push(column);
        }
        negated
    }

    /// The words of the file for kinds that take money, and for those that bring it.
    fn kinds(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut taking, mut giving) = (BTreeSet::new(), BTreeSet::new());
        let Some(place) = self.guess.columns.get("kind").copied() else { return (taking, giving) };
        for said in self.file.sniffed.column(place) {
            let is_kind = self.reading.reads(self.table, "kind", said);
            let kind = if is_kind { Some(said) } else { guess::likely(self.table.name, "kind", said) };
            match kind {
                Some(kind) if TAKING.contains(&kind) => _ = taking.insert(said.to_owned()),
                Some(kind) if EITHER_WAY.contains(&kind) => {}
                _ => _ = giving.insert(said.to_owned()),
            }
        }
        (taking, giving)
    }

    /// Whether a settlement's amounts are costs.
    fn is_cost(&self, place: usize) -> bool {
        self.file.subject == Subject::Labels || guess::is_cost(&self.file.sniffed.headers[place])
    }

    /// Whether a settlement's amounts are what was paid for labels.
    pub(super) fn is_of_labels(&self) -> bool {
        let is_label = |place: &usize| self.is_cost(*place) && guess::is_label(&self.file.sniffed.headers[*place]);
        self.table.name == "settlement_lines"
            && (self.file.subject == Subject::Labels || self.guess.columns.get("amount").is_some_and(is_label))
    }

    pub(super) fn has_signs(&self, place: usize) -> bool {
        self.file.sniffed.column(place).any(is_negative)
    }

    pub(super) fn is_mostly_negative(&self, place: usize) -> bool {
        let is_something = |text: &&str| text.contains(|digit| matches!(digit, '1'..='9'));
        let amounts: Vec<&str> = self.file.sniffed.column(place).filter(is_something).collect();
        let (all, negative) = (amounts.len(), amounts.iter().filter(|text| is_negative(text)).count());
        all > 0 && negative * 10 >= all * 9
    }
}

fn is_negative(text: &str) -> bool {
    text.contains(['-', '(', '\u{2212}'])
}
