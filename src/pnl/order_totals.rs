//! Do the lines of each order come to what its own document, and its settlement, say?

use super::refunds::SAME_MONEY;
use super::work::Pnl;
use crate::error::Diagnostic;
use crate::lake::{Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Currency, Money};

/// What an order's lines were held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    /// The total that its own document states.
    Document,
    /// The sale that was settled.
    Settlement,
    /// The same without its tax: with it both come to as much.
    WithoutTax,
}

impl Against {
    /// Its word in `order_differences.csv`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Settlement => "settlement",
            Self::WithoutTax => "settlement_without_tax",
        }
    }

    /// What a word of `mart_order_differences` stands for.
    pub(super) fn named(word: &str) -> Option<Self> {
        [Self::Document, Self::Settlement, Self::WithoutTax].into_iter().find(|against| against.word() == word)
    }
}

/// `mart_order_differences`: an order that comes to something else than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDifference {
    /// The channel.
    pub channel: Channel,
    /// The order.
    pub order_id: String,
    /// What its lines were held against.
    pub against: Against,
    /// What the order comes to by that.
    pub total: Money,
    /// What its lines come to.
    pub lines_sum: Money,
    /// The tax of its lines.
    pub tax: Money,
    /// The discount of its lines.
    pub discount: Money,
    /// The amounts' currency.
    pub currency: Currency,
}

impl OrderDifference {
    /// What the total says beyond the lines.
    pub fn difference(&self) -> Money {
        self.total - self.lines_sum
    }

    /// Whether it is more than two ways to round a tax lie apart.
    pub(super) fn is_told(&self) -> bool {
        let difference = self.difference().abs();
        let is_rounding = difference <= SAME_MONEY
            || i128::from(difference.ten_thousandths()) * 1_000 <= i128::from(self.total.abs().ten_thousandths());
        self.against != Against::WithoutTax || !is_rounding
    }

    /// The part of the order that is as large as the difference, and so may explain it.
    pub fn part(&self) -> &'static str {
        let difference = self.difference().abs();
        match self.against {
            Against::Settlement => "settlement",
            Against::WithoutTax => "tax",
            Against::Document if difference == self.tax => "tax",
            Against::Document if difference == self.discount => "discount",
            Against::Document => "unknown",
        }
    }
}

/// `mart_order_totals`: how the orders of one file come out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTotals {
    /// The channel.
    pub channel: Channel,
    /// The file that tells of the orders.
    pub source_file: String,
    /// Orders whose lines come to their total.
    pub tied: i64,
    /// Orders whose lines do not.
    pub differing: i64,
    /// Orders of which the file states no total, or a line no price.
    pub untold: i64,
    /// Orders of which a sale was settled that nothing can be held against: a line has no price or was cancelled, it
    /// was paid in several ways, or it was settled in another currency.
    pub settlement_untold: i64,
    /// What the totals say beyond the lines, all orders together.
    pub difference: Money,
    /// Its currency.
    pub currency: Currency,
}

const fn key(name: &'static str) -> Column {
    Column { name, kind: Kind::Text, nullable: false }
}

const fn value(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: true }
}

impl Pnl {
    /// `order_differences.csv`: orders whose lines do not come to what they should.
    pub fn order_differences_sheet(&self) -> Rows {
        let columns = [
            key("channel"),
            key("order_id"),
            key("against"),
            value("total", Kind::Money),
            value("lines_sum", Kind::Money),
            value("difference", Kind::Money),
            value("part", Kind::Text),
            value("currency", Kind::Text),
        ];
        let mut rows = RowsBuilder::new("order_differences", columns);
        for order in &self.order_differences {
            rows.push([
                (&order.channel).into(),
                order.order_id.as_str().into(),
                order.against.word().into(),
                order.total.into(),
                order.lines_sum.into(),
                order.difference().into(),
                order.part().into(),
                order.currency.as_str().into(),
            ]);
        }
        rows.finish()
    }

    /// `order_totals.csv`: how many orders of each file come to their total.
    pub fn order_totals_sheet(&self) -> Rows {
        let columns = [
            key("channel"),
            key("source_file"),
            value("tied", Kind::Integer),
            value("differing", Kind::Integer),
            value("untold", Kind::Integer),
            value("settlement_untold", Kind::Integer),
            value("difference", Kind::Money),
            value("currency", Kind::Text),
        ];
        let mut rows = RowsBuilder::new("order_totals", columns);
        for file in &self.order_totals {
            rows.push([
                (&file.channel).into(),
                file.source_file.as_str().into(),
                file.tied.into(),
                file.differing.into(),
                file.untold.into(),
                file.settlement_untold.into(),
                file.difference.into(),
                file.currency.as_str().into(),
            ]);
        }
        rows.finish()
    }
}

/// One warning per channel and kind of total whose orders come to something else.
pub(super) fn warnings(differences: &[OrderDifference]) -> Vec<Diagnostic> {
    let mut sorted: Vec<&OrderDifference> = differences.iter().collect();
    sorted.sort_by(|one, other| (&one.channel, one.against).cmp(&(&other.channel, other.against)));
    let same = |one: &&OrderDifference, other: &&OrderDifference| {
        (&one.channel, one.against) == (&other.channel, other.against)
    };
    sorted.chunk_by(same).map(warning).collect()
}

fn warning(orders: &[&OrderDifference]) -> Diagnostic {
    let first = orders[0];
    let total: Money =
        orders.iter().filter(|order| order.currency == first.currency).map(|order| order.difference()).sum();
    let amount = format!("{total} {}", first.currency);
    let (channel, name) = (&first.channel, &first.order_id);
    let message = match (orders.len(), first.against) {
        (1, Against::Document) => {
            format!("order `{name}` of `{channel}` states {} and its lines come to {}", first.total, first.lines_sum)
        }
        (1, Against::Settlement) => format!(
            "order `{name}` of `{channel}` was settled with {} and its lines come to {}",
            first.total, first.lines_sum
        ),
        (1, Against::WithoutTax) => format!(
            "order `{name}` of `{channel}` was settled with {} without its tax and its lines come to {}",
            first.total, first.lines_sum
        ),
        (count, Against::WithoutTax) => format!(
            "{count} orders of `{channel}`, `{name}` the first, were settled otherwise without their tax than their lines come \
             to: {amount} in all"
        ),
        (count, Against::Document) => format!(
            "{count} orders of `{channel}`, `{name}` the first, state other totals than their lines come to: {amount} in all"
        ),
        (count, Against::Settlement) => format!(
            "{count} orders of `{channel}`, `{name}` the first, were settled otherwise than their lines come to: {amount} in all"
        ),
    };
    Diagnostic::warning("order-differences", message)
        .hint("`order_differences.csv` names them: the profit and loss counts the lines")
        .amount(total.abs(), first.currency)
}
