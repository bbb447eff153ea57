//! One statement: the amounts of every line, and what is known about them.

use super::line::{CONTRIBUTION, COST_OF_GOODS, COUNT, Effect, GROSS_SALES, LINES, Line, NET_SALES};
use crate::types::{Money, Rate};

/// What was earned in one month by one SKU on one channel, or any sum of such.
///
/// Amounts are in the shop's currency and positive in the line's own sense: a fee of 3.00 is
/// `3.00` and is subtracted. An amount is `None` where a part of it is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Orders, without cancelled ones. Those of SKUs do not add up to the channel's: an order of
    /// two SKUs is one order of each.
    pub orders: i64,
    /// Units sold; a bundle is one.
    pub units: i64,
    /// Units sold of which a cost is not known.
    pub units_without_cost: i64,
    amounts: [Option<Money>; COUNT],
    estimated: [Option<Money>; COUNT],
    gross_settled: Option<Money>,
    costed: Option<Money>,
}

impl Default for Statement {
    fn default() -> Self {
        Self {
            orders: 0,
            units: 0,
            units_without_cost: 0,
            amounts: [Some(Money::ZERO); COUNT],
            estimated: [Some(Money::ZERO); COUNT],
            gross_settled: Some(Money::ZERO),
            costed: None,
        }
    }
}

impl Statement {
    /// Every line with its amount, subtotals included.
    pub fn lines(&self) -> impl Iterator<Item = (&'static Line, Option<Money>)> + '_ {
        LINES.iter().zip(self.walked())
    }

    /// The amount of the line with this column; `None` where it is unknown or no line has it.
    pub fn amount(&self, column: &str) -> Option<Money> {
        self.lines().find(|(line, _)| line.column == column).and_then(|(_, amount)| amount)
    }

    /// How much of a line is estimated from the fee schedule.
    pub fn estimated(&self, column: &str) -> Option<Money> {
        let index = LINES.iter().position(|line| line.column == column)?;
        self.estimated[index]
    }

    /// Gross sales less discounts and refunds.
    pub fn net_sales(&self) -> Option<Money> {
        self.walked()[NET_SALES]
    }

    /// What is left after every line.
    pub fn contribution(&self) -> Option<Money> {
        self.walked()[CONTRIBUTION]
    }

    /// The contribution of those SKUs whose contribution is known.
    pub fn contribution_of_costed(&self) -> Option<Money> {
        self.costed
    }

    /// Contribution as a share of net sales, to the millionth; unknown without positive net sales.
    pub fn contribution_rate(&self) -> Option<Rate> {
        share(self.contribution()?, self.net_sales()?)
    }

    /// The share of gross sales whose orders stand in a settlement, so that their fees are told and
    /// not estimated; unknown without sales, and on a channel that settles nothing: neither a
    /// marketplace nor any settlement in the lake.
    pub fn settled_share(&self) -> Option<Rate> {
        share(self.gross_settled?, self.amounts[GROSS_SALES]?)
    }

    /// Gross sales whose orders stand in a settlement; unknown on a channel that settles nothing.
    pub fn gross_settled(&self) -> Option<Money> {
        self.gross_settled
    }

    /// Contribution per unit sold, to the cent.
    pub fn contribution_per_unit(&self) -> Option<Money> {
        self.contribution()?.divided_by(self.units).map(Money::to_cent)
    }

    /// The lines' amounts with subtotals filled in.
    fn walked(&self) -> [Option<Money>; COUNT] {
        let mut sum = Some(Money::ZERO);
        let mut walked = self.amounts;
        for (line, amount) in LINES.iter().zip(&mut walked) {
            match line.effect {
                Effect::Adds => sum = both(sum, *amount, |sum, amount| sum + amount),
                Effect::Subtracts => sum = both(sum, *amount, |sum, amount| sum - amount),
                Effect::Subtotal => *amount = sum,
            }
        }
        walked
    }

    /// Adds an amount to a line; unknown stays unknown.
    pub(super) fn add(&mut self, line: usize, amount: Option<Money>) {
        self.amounts[line] = both(self.amounts[line], amount, |sum, amount| sum + amount);
    }

    /// Adds an estimated amount to a line.
    pub(super) fn add_estimate(&mut self, line: usize, amount: Option<Money>) {
        self.add(line, amount);
        self.estimated[line] = both(self.estimated[line], amount, |sum, amount| sum + amount);
    }

    /// Adds to the gross sales whose orders stand in a settlement; they are in the line already.
    /// Unknown stays unknown.
    pub(super) fn add_settled(&mut self, amount: Option<Money>) {
        self.gross_settled = both(self.gross_settled, amount, |sum, amount| sum + amount);
    }

    /// Counts units of which a cost is not known.
    pub(super) fn lack_cost(&mut self, units: i64) {
        // A bundle that lacks two of its components is told twice and is one unit.
        self.units_without_cost = (self.units_without_cost + units).min(self.units);
        self.amounts[COST_OF_GOODS] = None;
    }

    /// The last step for the statement of one SKU, after which it can be added up.
    pub(super) fn close(&mut self) {
        self.costed = self.contribution();
    }

    /// Adds another statement, line by line.
    pub(super) fn merge(&mut self, other: &Self) {
        self.orders += other.orders;
        self.units += other.units;
        self.units_without_cost += other.units_without_cost;
        for line in 0..COUNT {
            self.add(line, other.amounts[line]);
            self.estimated[line] = both(self.estimated[line], other.estimated[line], |sum, amount| sum + amount);
        }
        self.add_settled(other.gross_settled);
        self.costed = match (self.costed, other.costed) {
            (Some(sum), Some(amount)) => Some(sum + amount),
            (known, None) | (None, known) => known,
        };
    }
}

fn both(left: Option<Money>, right: Option<Money>, work: impl Fn(Money, Money) -> Money) -> Option<Money> {
    left.zip(right).map(|(left, right)| work(left, right))
}

/// `part ÷ whole` to the millionth, half away from zero; `None` unless the whole is positive or the
/// share does not fit.
fn share(part: Money, whole: Money) -> Option<Rate> {
    if whole <= Money::ZERO {
        return None;
    }
    let whole = i128::from(whole.ten_thousandths());
    let scaled = i128::from(part.ten_thousandths()) * i128::from(Rate::SCALE);
    let rounded = (scaled.abs() + whole / 2) / whole * scaled.signum();
    i64::try_from(rounded).ok().filter(|value| value.abs() < 1_000_000_000_000_000_000).map(Rate::from_millionths)
}
