//! Are these amounts rates? A discount of `0.08` beside a price of 100 is eight per cent and no eight cents.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;

use super::export::Layout;
use crate::error::Result;
use crate::lake::{Kind, Rows, Table};
use crate::types::Money;

/// Where the amounts of a column lie.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread {
    /// Whether one is no rate.
    beyond: bool,
    /// Whether one is a fraction.
    between: bool,
}

impl Spread {
    pub(crate) fn of(amounts: impl Iterator<Item = Money>) -> Self {
        let mut spread = Self::default();
        amounts.for_each(|amount| spread.add(amount));
        spread
    }

    fn add(&mut self, amount: Money) {
        let one = Money::from_ten_thousandths(10_000);
        self.beyond |= amount < Money::ZERO || amount > one;
        self.between |= amount > Money::ZERO && amount < one;
    }

    /// Whether all lie between 0 and 1, and not only at the ends.
    pub(crate) fn is_of_rates(self) -> bool {
        self.between && !self.beyond
    }
}

/// The amounts of a file as they were read, by table and column.
#[derive(Default)]
pub(crate) struct Spreads(BTreeMap<(&'static str, &'static str), Spread>);

impl Spreads {
    pub(crate) fn add(&mut self, table: &'static Table, batch: &RecordBatch) -> Result<()> {
        let rows = Rows::new(table.name, batch.clone());
        for column in table.columns.iter().filter(|column| column.kind == Kind::Money) {
            let spread = self.0.entry((table.name, column.name)).or_default();
            rows.money(column.name)?.iter().flatten().for_each(|amount| spread.add(amount));
        }
        Ok(())
    }

    /// What must be asked about the columns that a mapping reads as amounts: whether those are rates that are
    /// far below the others.
    pub(crate) fn questions(&self, layout: &Layout) -> Vec<String> {
        let Some(mapping) = layout.mapping() else { return Vec::new() };
        let spread =
            |column: &str| self.0.iter().find(|((table, name), _)| *table == layout.table.name && *name == column);
        let amounts = layout.fields.iter().filter(|field| field.reader.is_money() && !field.headers.is_empty());
        let read = amounts.filter_map(|field| Some((field, *spread(&field.name)?.1)));
        let has_others = read.clone().any(|(_, spread)| spread.beyond);
        let suspect = read.filter(|(_, spread)| has_others && spread.is_of_rates());
        suspect
            .map(|(field, _)| {
                format!(
                    "`{}` lies between 0 and 1 on every row, as a rate does, and is read as an amount of money: if it is a \
                     rate, take `{}` out of the columns of `[mapping.{mapping}]`",
                    field.written, field.name
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;
    use crate::types::Money;

    #[test]
    fn only_fractions_of_one_are_like_rates() {
        let like = |cents: &[i64]| Spread::of(cents.iter().map(|cents| Money::from_cents(*cents))).is_of_rates();
        assert!(like(&[0, 8, 35, 100]));
        assert!(!like(&[0, 100]), "a flag is no rate");
        assert!(!like(&[8, 101]) && !like(&[-8, 35]) && !like(&[]));
    }
}
