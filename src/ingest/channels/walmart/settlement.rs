//! What Walmart paid out, and what it kept: the report with one amount per row.

use std::any::Any;

use super::{STYLE, kinds, order_number};
use crate::config::ChannelKind;
use crate::error::{Diagnostic, Result};
use crate::ingest::cell::Reader::{Count, Currency, Identifier, Instant, Money, Prose};
use crate::ingest::channels::named_by_content;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{Complaint, Draft, Shape, Verdict, View};
use crate::types::{Money as Amount, Timestamp};

/// A row with period and total first, then the lines that it must be the sum of. A line above the
/// table may count its rows.
pub(crate) static SETTLEMENT: Export = Export {
    id: "walmart-settlement",
    kind: ChannelKind::Walmart,
    document: "settlement",
    table: "settlement_lines",
    fields: &[
        head("start", &["Period Start Date"], Instant),
        head("end", &["Period End Date"], Instant),
        head("total", &["Total Payable"], Money),
        head("currency", &["Currency"], Currency),
        head("transaction", &["Transaction Key"], Identifier),
        head("posted_at", &["Transaction Posted Timestamp"], Instant),
        need("type", &["Transaction Type"], Prose),
        head("what", &["Transaction Description"], Prose),
        head("order", &["Customer Order #"], Identifier),
        may("position", &["Customer Order line #"], Identifier),
        head("amount", &["Amount"], Money),
        head("amount_type", &["Amount Type"], Prose),
        may("quantity", &["Ship Qty"], Count),
        may("reason", &["Transaction Reason Description"], Prose),
        head("sku", &["Partner Item Id"], Identifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style { frames: &[COUNTED], ..STYLE },
    group: None,
    totals: &[],
    shape: |_| Box::new(Settlement::default()),
};

const COUNTED: &str = "Number of Lines in file";

/// What the file states of a period, and what its lines come to.
#[derive(Clone)]
struct Period {
    id: String,
    currency: Option<String>,
    total: Amount,
    /// In ten-thousandths: the lines may go beyond any amount and come back.
    lines: i128,
}

#[derive(Default)]
struct Settlement {
    periods: Vec<Period>,
    /// Rows that the file states, and rows that it has.
    stated: Option<u64>,
    rows: u64,
    /// Of a fork: how many periods stood before it, of which it knows the last, and whether it met lines
    /// of that one.
    before: usize,
    leans: bool,
}

impl Shape for Settlement {
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
        rows.iter().map(|row| self.row(row, context)).collect()
    }

    fn frame(&mut self, line: &str, _records: u64) {
        let digits: String = line.chars().filter(char::is_ascii_digit).collect();
        self.stated = digits.parse().ok().or(self.stated);
    }

    fn fork(&self) -> Option<Box<dyn Shape>> {
        let last = self.periods.last().map(|period| Period { lines: 0, ..period.clone() });
        Some(Box::new(Self { periods: last.into_iter().collect(), before: self.periods.len(), ..Self::default() }))
    }

    fn join(&mut self, fork: Box<dyn Any>) -> bool {
        let mut fork = *fork.downcast::<Self>().expect("a settlement's forks are settlements");
        if fork.leans && fork.before != self.periods.len() {
            return false;
        }
        let own = fork.periods.split_off(fork.before.min(1));
        if let (Some(last), Some(more), true) = (self.periods.last_mut(), fork.periods.first(), fork.leans) {
            last.lines += more.lines;
        }
        self.periods.extend(own);
        self.rows += fork.rows;
        self.stated = fork.stated.or(self.stated);
        true
    }

    fn finish(&mut self) -> Result<()> {
        let rows = self.rows;
        // Whether the count holds the header and the line that states it is not known.
        if let Some(stated) = self.stated.filter(|stated| !(rows..=rows + 2).contains(stated)) {
            return Err(refusal(format!("the report states {stated} lines but has {rows}")));
        }
        if self.periods.is_empty() {
            return Err(refusal("the report has no `PaymentSummary` with its total".to_owned()));
        }
        match self.periods.iter().find(|period| i128::from(period.total.ten_thousandths()) != period.lines) {
            Some(Period { id, total, lines, .. }) => {
                let lines = i64::try_from(*lines).map(Amount::from_ten_thousandths);
                let lines = lines.map_or_else(|_| "more than any amount".to_owned(), |lines| lines.to_string());
                Err(refusal(format!("settlement `{id}` states {total} but its lines come to {lines}")))
            }
            None => Ok(()),
        }
    }
}

fn refusal(message: String) -> Box<Diagnostic> {
    Diagnostic::error("control-total", message)
        .hint("download the reconciliation report again; do not edit it in a spreadsheet")
        .into()
}

impl Settlement {
    fn row(&mut self, view: &View<'_>, context: &Context) -> Verdict {
        self.rows += 1;
        if view.is_known("total") {
            return self.period(view, context);
        }
        let Some(amount) = view.money("amount") else { return Complaint::missing("amount").into() };
        let Some(at) = view.instant("posted_at") else { return Complaint::missing("posted_at").into() };
        let text = |name: &str| view.text(name).unwrap_or_default();
        self.leans |= self.periods.len() == self.before.min(1);
        let Some(period) = self.periods.last_mut() else {
            return Complaint::new("total", "orphan_continuation", "no `PaymentSummary` stands before it").into();
        };
        period.lines += i128::from(amount.ten_thousandths());
        let [transaction, by_type, what, position, amount_type, sku] =
            ["transaction", "type", "what", "position", "amount_type", "sku"].map(text);
        let said = [transaction, by_type, what, position, amount_type, sku, &amount.to_string()];
        let currency =
            view.text("currency").or(period.currency.as_deref()).unwrap_or(context.channel_currency.as_str());
        // Every amount of a line repeats its units.
        let units = view.count("quantity").filter(|_| amount_type == "Product Price");
        let meaning = kinds::of_line(by_type, amount_type, what, text("reason"));
        let draft = Draft::new("settlement_lines")
            .set("channel", context.channel_name())
            .set("settlement_id", period.id.as_str())
            .set("line", named_by_content(text("order"), at, &said))
            .set("posted_at", at)
            .set("order_id", view.text("order").and_then(order_number))
            .set("sku", view.cell("sku").clone())
            .set("channel_sku", view.cell("sku").clone())
            .set("quantity", units)
            .set("kind", meaning.kind)
            .set("description", kinds::described(by_type, amount_type, what, meaning))
            .set("amount", amount)
            .set("currency", currency)
            .set("kind_assumed", meaning.is_assumed.then_some(true));
        Verdict::Facts(vec![draft])
    }

    fn period(&mut self, view: &View<'_>, context: &Context) -> Verdict {
        let (Some(start), Some(end), Some(total)) = (view.instant("start"), view.instant("end"), view.money("total"))
        else {
            return Complaint::missing("start").into();
        };
        let day = |at: Timestamp| at.day_in(context.locale.zone);
        let id = format!("{}/{}", day(start), day(end));
        let currency = view.text("currency").map(str::to_owned);
        let draft = Draft::new("settlements")
            .set("channel", context.channel_name())
            .set("settlement_id", id.as_str())
            .set("start", start)
            .set("end", end)
            .set("total", total)
            .set("currency", currency.as_deref().unwrap_or(context.channel_currency.as_str()));
        self.periods.push(Period { id, currency, total, lines: 0 });
        Verdict::Facts(vec![draft])
    }
}
