//! Who pays for what, and when? Sales, refunds and fees go to each channel's own statements.

use std::path::Path;

use crate::error::Result;
use crate::sample::amazon::Returns;
use crate::sample::clock::Clock;
use crate::sample::goods::Good;
use crate::sample::orders::{Disposition, Line};
use crate::sample::settlement::{self, Settlements};
use crate::sample::shopify::Payments;
use crate::sample::stores::{AMAZON, STORES, TIKTOK, is_shopify};
use crate::sample::tiktok::Statements;
use crate::types::Day;

/// Every channel's statements while they grow.
pub(crate) struct Postings {
    amazon: Settlements,
    returns: Returns,
    tiktok: Statements,
    /// By channel; none but those of Shopify's layout.
    payments: Vec<Option<Payments>>,
}

impl Postings {
    pub(crate) fn new(folder: &Path, channels: usize, first: Day, as_of: Day, clock: &Clock) -> Result<Self> {
        let cut = settlement::cut(as_of, clock);
        let of = |channel: usize| folder.join("exports").join(STORES[channel].name);
        Ok(Self {
            amazon: Settlements::new(&of(AMAZON), clock.instant(first, 0), cut),
            returns: Returns::create(&of(AMAZON))?,
            tiktok: Statements::new(of(TIKTOK), cut),
            payments: (0..channels)
                .map(|channel| is_shopify(channel).then(|| Payments::new(of(channel), cut)))
                .collect(),
        })
    }

    /// The lines of one order that are paid for.
    pub(crate) fn sale(&mut self, lines: &[Line], goods: &[Good], order: &str, at: i64, clock: &Clock) -> Result<()> {
        match lines[0].channel {
            AMAZON => self.amazon.sale(lines, goods, order, at),
            TIKTOK => self.tiktok.sale(lines, order, at, clock),
            channel => match &mut self.payments[channel] {
                Some(payments) => payments.sale(lines, order, at, clock),
                None => Ok(()),
            },
        }
    }

    /// Units of a line came back and `refund` cents went out.
    #[expect(clippy::too_many_arguments, reason = "what a refund is")]
    pub(crate) fn refund(
        &mut self,
        line: &Line,
        good: &Good,
        order: &str,
        units: i64,
        refund: i64,
        disposition: Disposition,
        at: i64,
        clock: &Clock,
    ) -> Result<()> {
        match line.channel {
            AMAZON => {
                self.returns.add(good, order, units, disposition, at)?;
                self.amazon.refund(line, good, order, units, refund, at)
            }
            TIKTOK => self.tiktok.refund(line, order, refund, at, clock),
            channel => match &mut self.payments[channel] {
                // The processor pays back what was paid: with the tax.
                Some(payments) => payments.refund(order, refund + line.tax_of(units), at, clock),
                None => Ok(()),
            },
        }
    }

    /// Amazon pays for a unit that it lost.
    pub(crate) fn reimburse(&mut self, good: &Good, at: i64) -> Result<()> {
        self.amazon.reimburse(good, at)
    }

    /// Writes what is still open.
    pub(crate) fn finish(mut self, end: i64, clock: &Clock) -> Result<()> {
        self.amazon.turn_to(end)?;
        self.returns.finish()?;
        self.tiktok.write(clock)?;
        for payments in self.payments.iter_mut().flatten() {
            payments.write(clock)?;
        }
        Ok(())
    }
}
