//! Rows of a plain list of order lines, and of a user's own: what was sold, what came back, what each
//! line cost.

use super::stated_tax::{self, Prices, Stood};
use crate::ingest::context::Context;
use crate::ingest::notes::Note;
use crate::ingest::shape::{Complaint, Draft, Verdict, View, line_names};
use crate::lake::Cell;
use crate::types::{Money, Rate};

/// Order lines of one order: one currency, a name for every line, refunds apart.
pub(super) fn orders(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let currency = views[0].cell("currency");
    if views.iter().any(|view| view.cell("currency") != currency) {
        let complaint = Complaint::new("currency", "mixed_currency_order", "the order has lines in several currencies");
        return vec![complaint.into(); views.len()];
    }
    let keys: Vec<(&str, _)> = views
        .iter()
        .map(|view| {
            let article = view.text("sku").or(view.text("channel_sku")).or(view.text("title")).unwrap_or("line");
            (article, (view.money("unit_price"), view.count("quantity")))
        })
        .collect();
    let names = line_names(&keys);
    let lines: Vec<Line> = views.iter().zip(names).map(|(view, name)| Line { view, context, name }).collect();
    let prices: Vec<Result<Prices, Complaint>> = lines.iter().map(Line::prices).collect();
    // Of an order with a line that cannot be right nothing is proved.
    let told: Option<Vec<Prices>> = prices.iter().map(|prices| prices.clone().ok()).collect();
    let holds_tax = told.and_then(|told| stated_tax::of_order(views, &told));
    let line = |(line, prices): (Line, Result<Prices, Complaint>)| match prices {
        Ok(prices) => line.verdict(&prices.settled(line.view, holds_tax, context)),
        Err(complaint) => complaint.into(),
    };
    lines.into_iter().zip(prices).map(line).collect()
}

/// One line of an order.
struct Line<'a, 'v> {
    view: &'a View<'v>,
    context: &'a Context,
    name: String,
}

impl Line<'_, '_> {
    fn verdict(&self, prices: &Prices) -> Verdict {
        match self.drafts(prices) {
            Ok(drafts) => Verdict::Facts(drafts),
            Err(complaint) => complaint.into(),
        }
    }

    fn drafts(&self, prices: &Prices) -> Result<Vec<Draft>, Complaint> {
        let quantity = self.quantity();
        let mut drafts = if prices.is_credit {
            let refund = self.refund(quantity.saturating_abs(), prices).noted(prices.note);
            // In a user's own file it may stand in a document of its own, of whose order nothing is known.
            vec![if self.view.layout.mapping().is_some() { refund.set("credit_note", true) } else { refund }]
        } else if quantity < 0 {
            let reason = "below zero, and the line is not a refund";
            return Err(Complaint::new("quantity", "qty_negative", reason));
        } else {
            self.sale(quantity, prices)
        };
        drafts.extend(self.charges()?);
        Ok(drafts)
    }

    fn is_refunded(&self) -> bool {
        self.view.text("status") == Some("refunded")
    }

    fn quantity(&self) -> i64 {
        self.view.count("quantity").unwrap_or_default()
    }

    /// What the line came to as the file has it. Below zero are the units of a credit note, its price, or both.
    fn prices(&self) -> Result<Prices, Complaint> {
        let (gross, discount) = self.price(self.quantity())?;
        let (shipping, tax) = (self.view.money("shipping_charged"), self.view.money("tax"));
        let told = Prices { gross, discount, shipping, tax, ..Prices::default() };
        let may_be_credit = self.view.layout.rules.negative_is_refunded || self.is_refunded();
        let is_below_zero = self.quantity() < 0 || gross.is_some_and(Money::is_negative);
        Ok(if may_be_credit && is_below_zero { told.given_back() } else { told })
    }

    /// What the line came to before discounts, and what was taken off, both as they move a sale.
    fn price(&self, quantity: i64) -> Result<(Option<Money>, Option<Money>), Complaint> {
        let view = self.view;
        let of_units = || view.money("unit_price").map(|price| price.checked_times(quantity).ok_or(())).transpose();
        let beyond = || Complaint::new("unit_price", "money_overflow", "price times quantity is beyond any amount");
        let gross = match view.money("gross") {
            Some(gross) => Some(gross),
            None => of_units().map_err(|()| beyond())?,
        };
        let Some(rate) = view.rate("discount_rate") else { return Ok((gross, view.money("discount"))) };
        if rate < Rate::ZERO || rate.millionths() > Rate::SCALE {
            let reason = "not from 0 to 1, nor from 0 to 100 percents: a share is written `0.08` or `8%`";
            return Err(Complaint::new("discount_rate", "rate_out_of_range", reason));
        }
        Ok((gross, gross.map(|gross| gross.at_rate(rate))))
    }

    /// The line as it was sold, and given back where only its state tells that.
    fn sale(&self, quantity: i64, prices: &Prices) -> Vec<Draft> {
        let mut draft = self
            .line()
            .set("gross", prices.gross)
            .set("discount", prices.discount)
            .set("shipping_charged", prices.shipping)
            .set("tax", prices.tax)
            .noted(prices.note);
        if prices.stood == Some(Stood::InPrices) {
            draft = draft.set("unit_price", prices.gross.and_then(|gross| gross.divided_by(quantity)));
        }
        for (column, same_as) in [("channel_sku", "sku")] {
            if *draft.get(column) == Cell::Null {
                let cell = draft.get(same_as).clone();
                draft = draft.set(column, cell);
            }
        }
        if *draft.get("fulfilment") == Cell::Null {
            draft = draft.set("fulfilment", "seller");
        }
        let rules = &self.view.layout.rules;
        // The state tells all that went back of the line; another document may tell it again.
        let is_given_back = rules.state_tells_refund && self.is_refunded() && quantity > 0;
        let whole = || self.refund(quantity, prices).set("cumulative", true).noted(Some(Note::GivenBack));
        let refund = is_given_back.then(whole);
        [draft].into_iter().chain(refund).collect()
    }

    /// The row as the file has it, with its name, its channel and what kind of line it is.
    fn line(&self) -> Draft {
        let mut draft = Draft::new("order_lines").with(self.view).set("line_id", self.line_id());
        if let Some(channel) = &self.context.channel {
            draft = draft.set("channel", channel);
        }
        let codes = &self.view.layout.rules.not_articles;
        let number = self.view.text("sku").or(self.view.text("channel_sku")).unwrap_or_default();
        match codes.iter().find(|(code, _)| code.fits(number)) {
            Some((_, kind)) => draft.set("kind", kind.as_str()),
            None => draft,
        }
    }

    fn line_id(&self) -> &str {
        self.view.text("line_id").unwrap_or(&self.name)
    }

    fn channel(&self) -> Cell {
        self.context.channel.as_ref().map_or_else(|| self.view.cell("channel"), Cell::from)
    }

    /// What came back, and what the buyer got for it: what was paid for sending it too.
    fn refund(&self, units: i64, prices: &Prices) -> Draft {
        let view = self.view;
        let order = view.text("order_id").unwrap_or_default();
        let at = if view.is_known("updated_at") { "updated_at" } else { "ordered_at" };
        Draft::new("refund_lines")
            .set("channel", self.channel())
            .set("refund_id", format!("{order}/{}", self.line_id()))
            .set("line_id", self.line_id())
            .set("order_id", order)
            .set("refunded_at", view.cell(at))
            .set("sku", view.cell("sku"))
            .set("channel_sku", view.cell(if view.is_known("channel_sku") { "channel_sku" } else { "sku" }))
            .set("quantity", units)
            .set("amount", prices.paid().map(|paid| paid.max(Money::ZERO)))
            .set("tax_included", prices.stood.map(|_| false))
            .set("currency", view.cell("currency"))
            .set("disposition", "unknown")
    }

    /// What the channel and the carrier took for the line, as a settlement would tell it.
    fn charges(&self) -> Result<Vec<Draft>, Complaint> {
        let view = self.view;
        let told = CHARGES.iter().filter_map(|(column, kind)| Some((*column, *kind, view.money(*column)?)));
        let order = view.text("order_id").unwrap_or_default();
        let posted_at = view.instant("ordered_at").ok_or_else(|| Complaint::missing("ordered_at"))?;
        let month = posted_at.day_in(self.context.locale.zone).month();
        let charge = |(column, kind, amount): (&str, &str, Money)| {
            Draft::new("settlement_lines")
                .set("channel", self.channel())
                .set("settlement_id", format!("{} {month}", view.layout.id.trim_start_matches("mapping.")))
                .set("line", charge_name(order, self.line_id(), column))
                .set("posted_at", posted_at)
                .set("order_id", order)
                .set("sku", view.cell("sku"))
                .set("channel_sku", view.cell("sku"))
                .set("kind", kind)
                .set("amount", -amount)
                .set("currency", view.cell("currency"))
        };
        Ok(told.map(charge).collect())
    }
}

/// What a list of orders tells of charges: the column, and the kind of settlement line that it becomes.
const CHARGES: [(&str, &str); 2] = [("fee", "referral_fee"), ("shipping_cost", "shipping_label")];

/// The name of an order line's charge among the lines of a settlement. `fact_unsold_charges` puts the names
/// together in the same way, to find the charges of lines that were not sold.
fn charge_name(order: &str, line: &str, column: &str) -> String {
    format!("{order}/{line}/{column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_of_unsold_charges_knows_their_names() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/queries/fact_unsold_charges.sql");
        let query = std::fs::read_to_string(path).unwrap();
        assert!(query.contains("order_id || '/' || line_id as name"));
        for (column, kind) in CHARGES {
            let ending = charge_name("", "", column).replacen('/', "", 1);
            assert!(query.contains(&format!("name || '{ending}' as line")), "{column}");
            assert!(query.contains(&format!("'{kind}'")), "{kind}");
        }
    }
}
