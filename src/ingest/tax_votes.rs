//! Do most orders of a file tell that its prices hold their tax? Each order has a vote, wherever its
//! records stand: blocks are weighed at once, and an order that lies in two of them is put together.

use std::io;

use super::cell::{Locale, Reader, Value};
use super::export::{Join, LayoutField, Part, Role};
use super::plan;
use super::price_tax::prices_hold_tax;
use super::reading::decoded;
use super::recognise::Known;
use super::record::Record;
use super::records::{Block, Records};
use crate::config::Pattern;
use crate::types::Money;

/// What an order comes to, as far as its records are read.
#[derive(Clone, Debug, Default)]
struct OrderSum {
    /// The cell that its records have in common; `None` where each record is one.
    key: Option<Vec<u8>>,
    total: Option<Money>,
    tax: Money,
    parts: Money,
    /// Whether it comes to more than any amount: then it tells nothing.
    is_void: bool,
}

impl OrderSum {
    fn add(&mut self, tax: Money, parts: Option<Money>) {
        let sums = parts.and_then(|parts| self.parts.checked_add(parts)).zip(self.tax.checked_add(tax));
        match sums {
            Some((parts, tax)) => (self.parts, self.tax) = (parts, tax),
            None => self.is_void = true,
        }
    }

    /// Whether a record with this cell belongs to it. Where a file leaves an order's number out on its
    /// later lines, they belong to the line above.
    fn goes_on(&self, key: Option<&[u8]>) -> bool {
        self.key.as_deref().zip(key).is_some_and(|(own, key)| own == key || key.is_empty())
    }

    fn join(&mut self, later: &Self) {
        self.total = self.total.or(later.total);
        self.is_void |= later.is_void;
        self.add(later.tax, Some(later.parts));
    }

    /// One for prices that hold their tax, one less for others.
    fn vote(&self) -> i64 {
        let rest = self.total.filter(|_| !self.is_void).and_then(|total| total.checked_add(-self.parts));
        match rest.and_then(|rest| prices_hold_tax(rest, self.tax)) {
            Some(true) => 1,
            Some(false) => -1,
            None => 0,
        }
    }
}

/// The votes of a block. Its first order may have begun before it, and its last may go on behind it.
#[derive(Default)]
pub(super) struct OfBlock {
    votes: i64,
    first: Option<OrderSum>,
    last: Option<OrderSum>,
}

impl OfBlock {
    fn end(&mut self, order: OrderSum) {
        match self.first {
            None => self.first = Some(order),
            Some(_) => self.votes += self.last.replace(order).map_or(0, |order| order.vote()),
        }
    }
}

/// The votes of a file so far.
#[derive(Default)]
pub(super) struct TaxVotes {
    votes: i64,
    open: Option<OrderSum>,
}

impl TaxVotes {
    pub(super) fn add(&mut self, block: OfBlock) {
        self.votes += block.votes;
        for order in block.first.into_iter().chain(block.last) {
            match &mut self.open {
                Some(open) if open.goes_on(order.key.as_deref()) => open.join(&order),
                open => self.votes += open.replace(order).map_or(0, |order| order.vote()),
            }
        }
    }

    /// What most orders tell; `None` where as many speak for the one as for the other.
    pub(super) fn verdict(&self) -> Option<bool> {
        let votes = self.votes + self.open.as_ref().map_or(0, OrderSum::vote);
        (votes != 0).then_some(votes > 0)
    }
}

/// Where the amount of a field stands.
struct Amount {
    reader: Reader,
    /// Its columns, and whether each is taken off.
    columns: Vec<(usize, bool)>,
}

impl Amount {
    /// `None` where the file lacks the field.
    fn of(known: &Known<'_>, name: &str) -> Option<Self> {
        let (layout, columns) = (known.layout, &known.found.columns);
        let whole = layout.field(name)?;
        let field = &layout.fields[whole];
        let is_less = matches!(field.role, Role::Value(Join::Difference));
        let is_part = |part: &LayoutField| matches!(part.role, Role::Part(of) if of == whole);
        let parts = layout.fields.iter().zip(columns).filter(|(part, _)| is_part(part));
        let parts = parts.filter_map(|(_, column)| Some(((*column)?, is_less != field.negate)));
        let first = columns[whole].map(|column| (column, field.negate));
        let columns: Vec<(usize, bool)> = first.into_iter().chain(parts).collect();
        (!columns.is_empty()).then_some(Self { reader: field.reader, columns })
    }
}

/// A part of an order's total, by its columns.
enum Summand {
    Amount(Amount, bool),
    Product(Option<Amount>, Amount, Amount),
}

/// How the votes of a file are read.
pub(super) struct BlockVotes<'a> {
    known: &'a Known<'a>,
    locale: &'a Locale,
    total: Amount,
    tax: Amount,
    parts: Vec<Summand>,
    /// The column whose runs of equal cells are an order.
    group: Option<usize>,
    /// Columns of records that are left out, with the texts that tell them.
    skips: Vec<(usize, Vec<Pattern>)>,
}

impl<'a> BlockVotes<'a> {
    /// `None` where the layout tells no such total, or the file lacks it.
    pub(super) fn reading(known: &'a Known<'a>, locale: &'a Locale) -> Option<Self> {
        let told = known.layout.style.taxed_total?;
        let amount = |name: &str| Amount::of(known, name);
        let summand = |part: &Part| match part {
            Part::Plus(name) => Some(Summand::Amount(amount(name)?, false)),
            Part::Minus(name) => Some(Summand::Amount(amount(name)?, true)),
            Part::PlusOrProduct(name, [price, units]) => match amount(price).zip(amount(units)) {
                Some((price, units)) => Some(Summand::Product(amount(name), price, units)),
                None => Some(Summand::Amount(amount(name)?, false)),
            },
        };
        let parts = told.parts.iter().filter_map(summand).collect();
        let group = known.layout.group.and_then(|place| known.found.columns[place]);
        let (total, tax, skips) = (amount(told.total)?, amount(told.tax)?, plan::skips(known));
        Some(Self { known, locale, total, tax, parts, group, skips })
    }

    pub(super) fn votes(&self, block: &Block) -> io::Result<OfBlock> {
        let mut records = Records::over(&block.text, self.known.dialect);
        let (mut of_block, mut order) = (OfBlock::default(), None::<OrderSum>);
        while let Some(record) = records.read()? {
            if record.fault.is_some() || self.is_left_out(&record) {
                continue;
            }
            let cell = |column: usize| if column < record.width() { record.cell(column) } else { &[] };
            let key = self.group.map(cell);
            if !order.as_ref().is_some_and(|order| order.goes_on(key))
                && let Some(ended) = order.replace(OrderSum { key: key.map(<[u8]>::to_vec), ..OrderSum::default() })
            {
                of_block.end(ended);
            }
            let Some(order) = &mut order else { continue };
            order.total = order.total.or_else(|| self.money(&record, &self.total));
            order.add(self.money(&record, &self.tax).unwrap_or_default(), self.sum(&record));
        }
        order.into_iter().for_each(|order| of_block.end(order));
        Ok(of_block)
    }

    /// Whether the user's mapping leaves the record out: then it tells nothing of the others.
    fn is_left_out(&self, record: &Record<'_>) -> bool {
        plan::is_skipped(&self.skips, record, self.known.charset())
    }

    /// What the parts of a record come to; `None` beyond any amount.
    fn sum(&self, record: &Record<'_>) -> Option<Money> {
        let money = |amount| self.money(record, amount).unwrap_or_default();
        self.parts.iter().try_fold(Money::ZERO, |sum, part| {
            sum.checked_add(match part {
                Summand::Amount(amount, false) => money(amount),
                Summand::Amount(amount, true) => -money(amount),
                Summand::Product(gross, price, units) => {
                    let units = self.units(record, units);
                    let told = gross.as_ref().and_then(|gross| self.money(record, gross));
                    let whole = told.map_or_else(|| money(price).checked_times(units), Some)?;
                    // A credit note may have both below zero, or its units alone.
                    if units < 0 { -whole.abs() } else { whole }
                }
            })
        })
    }

    /// The sum of an amount's cells, if any holds one.
    fn money(&self, record: &Record<'_>, amount: &Amount) -> Option<Money> {
        let cells = amount.columns.iter().filter_map(|(column, is_less)| match self.read(record, *column, amount)? {
            Value::Money(money) => Some(if *is_less { -money } else { money }),
            _ => None,
        });
        cells.fold(None, |sum, money| sum.unwrap_or(Money::ZERO).checked_add(money))
    }

    fn units(&self, record: &Record<'_>, amount: &Amount) -> i64 {
        let cells = amount.columns.iter().filter_map(|(column, is_less)| match self.read(record, *column, amount)? {
            Value::Integer(units) => Some(if *is_less { -units } else { units }),
            _ => None,
        });
        cells.fold(0, i64::saturating_add)
    }

    fn read(&self, record: &Record<'_>, column: usize, amount: &Amount) -> Option<Value<String>> {
        let cell = (column < record.width()).then(|| record.cell(column)).filter(|cell| !cell.is_empty())?;
        let text = decoded(cell, self.known.charset())?;
        match amount.reader.read(&text, self.locale).ok()? {
            Value::Money(amount) => Some(Value::Money(amount)),
            Value::Integer(units) => Some(Value::Integer(units)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(key: &str, total: Option<i64>, parts: i64, tax: i64) -> OrderSum {
        let [parts, tax] = [parts, tax].map(Money::from_cents);
        OrderSum { key: Some(key.into()), total: total.map(Money::from_cents), tax, parts, is_void: false }
    }

    fn block(orders: Vec<OrderSum>) -> OfBlock {
        let mut block = OfBlock::default();
        orders.into_iter().for_each(|order| block.end(order));
        block
    }

    #[test]
    fn an_order_in_two_blocks_has_one_vote() {
        let mut votes = TaxVotes::default();
        votes.add(block(vec![order("1", Some(1_190), 1_190, 190), order("2", Some(2_380), 1_190, 190)]));
        votes.add(block(vec![order("2", None, 1_190, 190), order("3", Some(1_190), 1_000, 190)]));
        votes.add(block(vec![order("4", Some(2_140), 2_000, 140)]));
        assert_eq!(votes.verdict(), None, "two hold it and two do not");
        votes.add(block(vec![order("5", Some(2_140), 2_140, 140)]));
        assert_eq!(votes.verdict(), Some(true));
    }

    #[test]
    fn amounts_beyond_any_tell_nothing() {
        let mut void = order("1", Some(1_190), 1_190, 190);
        void.add(Money::ZERO, None);
        assert_eq!(void.vote(), 0);
    }
}
