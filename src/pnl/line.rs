//! The lines of the statement, as one table.

/// What a line does to the sum of the lines above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Money earned.
    Adds,
    /// Money given up or paid; the amount itself is positive.
    Subtracts,
    /// The sum of the lines above.
    Subtotal,
}

/// Where the amounts of a line come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Order lines.
    Sales,
    /// Order lines, and lines of settlements of these kinds.
    SalesAndCharges(&'static [&'static str]),
    /// Lines of settlements (refunds and advertising also from their own tables), of these kinds.
    Charges(&'static [&'static str]),
    /// Units × cost.
    Costs,
    /// The lines above.
    Lines,
}

impl Source {
    /// The kinds of settlement lines that count here.
    const fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Charges(kinds) | Self::SalesAndCharges(kinds) => kinds,
            Self::Sales | Self::Costs | Self::Lines => &[],
        }
    }
}

/// One line of the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its column in `pnl_by_channel.csv` and `pnl_by_sku.csv`.
    pub column: &'static str,
    /// What a reader sees.
    pub label: &'static str,
    /// Where its amounts come from.
    pub source: Source,
    /// What it does to the sum.
    pub effect: Effect,
    /// The column that says how much of it the fee schedule stands in for, while no settlement is
    /// there.
    pub estimated: Option<&'static str>,
}

const fn line(column: &'static str, label: &'static str, source: Source, effect: Effect) -> Line {
    Line { column, label, source, effect, estimated: None }
}

const fn charge(column: &'static str, label: &'static str, kinds: &'static [&'static str]) -> Line {
    line(column, label, Source::Charges(kinds), Effect::Subtracts)
}

const fn fee(
    column: &'static str,
    label: &'static str,
    kinds: &'static [&'static str],
    estimated: &'static str,
) -> Line {
    Line { estimated: Some(estimated), ..charge(column, label, kinds) }
}

/// Every line in the order of the statement.
///
/// A chargeback is money that went back to the buyer with its fee, so it stands with the costs of
/// returns.
pub static LINES: &[Line; COUNT] = &TABLE;

const TABLE: [Line; COUNT] = [
    line("gross_sales", "Gross sales", Source::Sales, Effect::Adds),
    line("discounts", "Discounts", Source::Sales, Effect::Subtracts),
    charge("refunds", "Refunds", &["refund"]),
    line("net_sales", "Net sales", Source::Lines, Effect::Subtotal),
    line("shipping_charged", "Shipping charged", Source::Sales, Effect::Adds),
    line("other_income", "Other income", Source::SalesAndCharges(&["liquidation"]), Effect::Adds),
    fee("referral_fees", "Referral fees", &["referral_fee"], "referral_fees_estimated"),
    fee("fulfilment_fees", "Fulfilment fees", &["fulfilment_fee"], "fulfilment_fees_estimated"),
    fee("payment_fees", "Payment fees", &["payment_fee"], "payment_fees_estimated"),
    charge("storage_fees", "Storage fees", &["storage_fee"]),
    charge("other_fees", "Other fees", &["subscription_fee", "other"]),
    fee("shipping_paid", "Shipping paid", &["shipping_label"], "shipping_paid_estimated"),
    charge("advertising", "Advertising", &["advertising"]),
    charge("return_costs", "Costs of returns", &["return_fee", "chargeback"]),
    line("reimbursements", "Reimbursements", Source::Charges(&["reimbursement"]), Effect::Adds),
    line("cost_of_goods", "Cost of goods", Source::Costs, Effect::Subtracts),
    line("contribution", "Contribution", Source::Lines, Effect::Subtotal),
];

/// Kinds of settlement lines that stand in no line of the statement: sales, discounts and shipping
/// are counted from the orders, tax is the state's, balances, reserves and payouts only move money.
pub const NOT_EARNINGS: &[&str] =
    &["sale", "discount", "shipping_charged", "tax_collected", "tax_withheld", "balance", "reserve", "payout"];

/// How many lines.
pub(super) const COUNT: usize = 17;

pub(super) const GROSS_SALES: usize = position("gross_sales");
pub(super) const DISCOUNTS: usize = position("discounts");
pub(super) const NET_SALES: usize = position("net_sales");
pub(super) const SHIPPING_CHARGED: usize = position("shipping_charged");
pub(super) const OTHER_INCOME: usize = position("other_income");
pub(super) const REFERRAL_FEES: usize = position("referral_fees");
pub(super) const FULFILMENT_FEES: usize = position("fulfilment_fees");
pub(super) const PAYMENT_FEES: usize = position("payment_fees");
pub(super) const SHIPPING_PAID: usize = position("shipping_paid");
pub(super) const COST_OF_GOODS: usize = position("cost_of_goods");
pub(super) const CONTRIBUTION: usize = position("contribution");

/// The place of a line in the table; a column that is not there does not compile.
const fn position(column: &str) -> usize {
    let mut index = 0;
    while index < COUNT {
        if same(TABLE[index].column.as_bytes(), column.as_bytes()) {
            return index;
        }
        index += 1;
    }
    panic!("no line has this column");
}

const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// The line that a kind of charge belongs to; none for [`NOT_EARNINGS`].
pub(super) fn of_kind(kind: &str) -> Option<usize> {
    LINES.iter().position(|line| line.source.kinds().contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::SETTLEMENT_KINDS;

    #[test]
    fn every_kind_of_settlement_line_has_one_home() {
        for kind in SETTLEMENT_KINDS {
            let homes = LINES.iter().filter(|line| line.source.kinds().contains(kind)).count();
            let left_out = usize::from(NOT_EARNINGS.contains(kind));
            assert_eq!(homes + left_out, 1, "`{kind}` must stand in one line or in NOT_EARNINGS");
        }
    }

    #[test]
    fn every_line_is_whole() {
        for (index, line) in LINES.iter().enumerate() {
            assert!(!line.label.is_empty(), "`{}` lacks a label", line.column);
            assert_eq!(
                line.source == Source::Lines,
                line.effect == Effect::Subtotal,
                "`{}`: a subtotal comes from the lines above and nothing else does",
                line.column
            );
            assert_eq!(LINES.iter().position(|other| other.column == line.column), Some(index));
            assert!(line.source.kinds().iter().all(|kind| SETTLEMENT_KINDS.contains(kind)), "`{}`", line.column);
        }
        assert_eq!(LINES[CONTRIBUTION].effect, Effect::Subtotal);
        assert_eq!(CONTRIBUTION, COUNT - 1, "the contribution is the last line");
    }
}
