//! Columns that a query promises to be known in every row, as the words and days that they are.

use std::collections::HashMap;

use crate::error::{Diagnostic, Result};
use crate::lake::{Amounts, Days, Integers, Rows, Texts};
use crate::pnl::input::{Bucket, Lack, PaidFor, RefundSource, Refunded};
use crate::pnl::order_totals::Against;
use crate::types::{Channel, Currency, Day, Money, Month, Sku};

/// The columns that say where an amount lands; names are shared, not copied per row.
pub(super) struct Buckets<'a> {
    month: Text<'a>,
    recent: Integer<'a>,
    channel: Text<'a>,
    sku: Text<'a>,
    currency: Text<'a>,
    rate_day: OnDay<'a>,
    channels: HashMap<&'a str, Channel>,
    skus: HashMap<&'a str, Sku>,
}

impl<'a> Buckets<'a> {
    pub(super) fn new(rows: &'a Rows) -> Result<Self> {
        Ok(Self {
            month: Text::new(rows, "month")?,
            recent: Integer::new(rows, "recent")?,
            channel: Text::new(rows, "channel")?,
            sku: Text::new(rows, "sku")?,
            currency: Text::new(rows, "currency")?,
            rate_day: OnDay::new(rows, "rate_day")?,
            channels: HashMap::new(),
            skus: HashMap::new(),
        })
    }

    pub(super) fn at(&mut self, row: usize) -> Result<Bucket> {
        let (channel, sku) = (self.channel.at(row)?, self.sku.at(row)?);
        Ok(Bucket {
            month: self.month.month(row)?,
            recent: self.recent.at(row)? != 0,
            channel: self.channels.entry(channel).or_insert_with(|| Channel::new(channel)).clone(),
            sku: self.skus.entry(sku).or_insert_with(|| Sku::new(sku)).clone(),
            currency: self.currency.currency(row)?,
            rate_day: self.rate_day.at(row)?,
        })
    }
}

/// Columns that a query promises to be known in every row.
macro_rules! known {
    ($type:ident, $column:ident, $read:ident, $value:ty) => {
        pub(super) struct $type<'a> {
            rows: &'a Rows,
            name: &'static str,
            column: $column<'a>,
        }

        impl<'a> $type<'a> {
            pub(super) fn new(rows: &'a Rows, name: &'static str) -> Result<Self> {
                Ok(Self { rows, name, column: rows.$read(name)? })
            }

            pub(super) fn at(&self, row: usize) -> Result<$value> {
                self.column.get(row).ok_or_else(|| unknown(self.rows, self.name, row))
            }
        }
    };
}

known!(Text, Texts, text, &'a str);
known!(Integer, Integers, integer, i64);
known!(Amount, Amounts, money, Money);
known!(OnDay, Days, day, Day);

impl Text<'_> {
    pub(super) fn refund_source(&self, row: usize) -> Result<RefundSource> {
        match self.at(row)? {
            "settlement" => Ok(RefundSource::Settlement),
            "refund" => Ok(RefundSource::Single),
            "order" => Ok(RefundSource::Order),
            other => Err(malformed(self.rows, self.name, other)),
        }
    }

    pub(super) fn against(&self, row: usize) -> Result<Against> {
        let word = self.at(row)?;
        Against::named(word).ok_or_else(|| malformed(self.rows, self.name, word))
    }

    pub(super) fn lack(&self, row: usize) -> Result<Lack> {
        match self.at(row)? {
            "liquidated" => Ok(Lack::LiquidatedUnits),
            "unsold_charge" => Ok(Lack::SaleOfCharge),
            "kept" => Ok(Lack::ReasonToKeep),
            "unlisted" => Ok(Lack::OrderLines),
            "kept_charge" => Ok(Lack::SaleOfKept),
            "postage" => Ok(Lack::Postage),
            other => Err(malformed(self.rows, self.name, other)),
        }
    }

    pub(super) fn refunded(&self, row: usize) -> Result<Refunded> {
        match self.at(row)? {
            "sold" => Ok(Refunded::Sold),
            "cancelled" => Ok(Refunded::Cancelled),
            "either" => Ok(Refunded::Either),
            other => Err(malformed(self.rows, self.name, other)),
        }
    }

    pub(super) fn paid_for(&self, row: usize) -> Result<PaidFor> {
        match self.at(row)? {
            "sold" => Ok(PaidFor::Sold),
            "sold_by_total" => Ok(PaidFor::SoldByTotal),
            "all" => Ok(PaidFor::All),
            "untold" => Ok(PaidFor::Untold),
            other => Err(malformed(self.rows, self.name, other)),
        }
    }

    pub(super) fn month(&self, row: usize) -> Result<Month> {
        let text = self.at(row)?;
        text.parse().map_err(|_| malformed(self.rows, self.name, text))
    }

    pub(super) fn currency(&self, row: usize) -> Result<Currency> {
        let text = self.at(row)?;
        text.parse().map_err(|_| malformed(self.rows, self.name, text))
    }
}

pub(super) fn unknown(rows: &Rows, column: &str, row: usize) -> Box<Diagnostic> {
    let message = format!("`{column}` of `{}` is unknown in row {}", rows.name(), row + 1);
    Diagnostic::error("unknown-cell", message).into()
}

fn malformed(rows: &Rows, column: &str, text: &str) -> Box<Diagnostic> {
    let message = format!("`{column}` of `{}` cannot be `{text}`", rows.name());
    Diagnostic::error("malformed-cell", message).into()
}
