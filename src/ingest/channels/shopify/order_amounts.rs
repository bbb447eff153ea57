//! What does an order of a Shopify shop come to, line by line? Its own subtotal and total prove how
//! its discounts and its tax are meant.

use super::orders::{
    BILLING_COUNTRY, CURRENCY, DISCOUNT_TOTAL, DUTIES, EACH_TAX, LINE_DISCOUNT, QUANTITY, REQUIRES_SHIPPING, SHIPPING,
    SHIPPING_COUNTRY, SKU, SUBTOTAL, TAXABLE, TAXES, TITLE, TOTAL, UNIT_PRICE, article,
};
use crate::ingest::context::Context;
use crate::ingest::line_kind;
use crate::ingest::notes::Note;
use crate::ingest::price_tax::{LineAmounts, prices_hold_tax, shares, take_off, ties};
use crate::ingest::shape::{Complaint, View, total};
use crate::ingest::tax_by_rate::{RateTotal, TaxedOrder, rate_in_name};
use crate::types::{Currency, Money};

/// The amounts of one order, without tax.
pub(super) struct OrderAmounts {
    pub(super) lines: Vec<LineAmounts>,
    /// By line; `None` for an article.
    pub(super) kinds: Vec<Option<&'static str>>,
    /// By line, where the order tells it.
    pub(super) shipping: Option<Vec<Money>>,
    /// By line, where the order tells it.
    pub(super) tax: Option<Vec<Money>>,
    pub(super) tells_discount: bool,
    /// The line that an edit of the order took out again.
    pub(super) removed: Option<usize>,
    /// Where its tax is shared by value and could not be otherwise.
    pub(super) note: Option<Note>,
}

impl OrderAmounts {
    pub(super) fn of(views: &[View<'_>], context: &Context) -> Result<Self, Complaint> {
        let stated = Stated::of(views, context).ok_or_else(|| Complaint::overflow("unit_price"))?;
        let meant = stated.meaning();
        let mut lines = stated.lines(&meant);
        let mut shipping = stated.shipping - meant.off_shipping;
        let holds_tax = stated.total.and_then(|_| prices_hold_tax(stated.rest(&meant), stated.tax));
        let holds_tax = holds_tax.or(context.most_prices_hold_tax) == Some(true);
        let by_rate = stated.tax_by_rate(views, &lines, (shipping, holds_tax), context);
        let note = by_rate.is_none() && holds_tax && stated.taxes.len() > 1;
        let note = note.then_some(Note::SharedTax(stated.tax, stated.currency));
        let tax = by_rate.unwrap_or_else(|| shares(stated.tax, &lines, shipping));
        if holds_tax {
            take_off(&tax, &mut lines, &mut shipping);
        }
        let weights = stated.shipped_weights(&meant);
        let of_shipping = tax.last().copied().unwrap_or_default().split(&weights);
        let tax = tax.iter().zip(of_shipping).map(|(line, shipping)| *line + shipping).collect();
        Ok(Self {
            shipping: views[0].is_known(SHIPPING).then(|| shipping.split(&weights)),
            tax: views[0].is_known(TAXES).then_some(tax),
            tells_discount: views[0].is_known(DISCOUNT_TOTAL) || views.iter().any(|view| view.is_known(LINE_DISCOUNT)),
            removed: meant.removed,
            note,
            lines,
            kinds: stated.kinds,
        })
    }
}

/// What the document states of an order.
struct Stated<'v> {
    kinds: Vec<Option<&'static str>>,
    gross: Vec<Money>,
    line_discounts: Vec<Money>,
    is_taxable: Vec<bool>,
    /// The discount of the order as a whole.
    discount: Option<Money>,
    subtotal: Option<Money>,
    shipping: Money,
    duties: Money,
    tax: Money,
    /// The same tax by its names, and what each comes to.
    taxes: Vec<(&'v str, Money)>,
    total: Option<Money>,
    currency: Currency,
}

/// The taxes of an order that come to anything.
fn taxes<'v>(first: &View<'v>) -> Vec<(&'v str, Money)> {
    let told = EACH_TAX.iter().filter_map(|(name, value)| Some((first.text(*name)?, first.money(*value)?)));
    told.filter(|(_, value)| !value.is_zero()).collect()
}

/// How its discounts are meant, beside those of the lines.
#[derive(Clone, Copy, Debug, Default)]
struct Meaning {
    off_goods: Money,
    off_shipping: Money,
    removed: Option<usize>,
}

impl<'v> Stated<'v> {
    /// `None` where the order comes to more than any amount.
    fn of(views: &[View<'v>], context: &Context) -> Option<Self> {
        let first = views[0];
        let money = |field| first.money(field).unwrap_or_default();
        let gross: Vec<Money> = views
            .iter()
            .map(|view| view.money(UNIT_PRICE)?.checked_times(view.count(QUANTITY)?))
            .collect::<Option<_>>()?;
        let line_discounts: Vec<Money> =
            views.iter().map(|view| view.money(LINE_DISCOUNT).unwrap_or_default()).collect();
        let of_order = [SUBTOTAL, SHIPPING, DUTIES, TAXES, TOTAL, DISCOUNT_TOTAL].map(money);
        // Whatever is added and taken off from here on is no more than this.
        total(gross.iter().chain(&line_discounts).chain(&of_order).map(|amount| amount.abs()))?;
        let kinds: Vec<_> = views.iter().map(|view| kind_of(view, context)).collect();
        let is_taxable = views.iter().zip(&kinds).map(|(view, kind)| match view.text(TAXABLE) {
            Some(word) => !word.eq_ignore_ascii_case("false"),
            None => !matches!(kind, Some("tip" | "gift_card" | "donation" | "deposit")),
        });
        let is_taxable = is_taxable.collect();
        Some(Self {
            discount: first.money(DISCOUNT_TOTAL),
            subtotal: first.money(SUBTOTAL),
            shipping: money(SHIPPING),
            duties: money(DUTIES),
            tax: money(TAXES),
            taxes: taxes(&first),
            currency: first.text(CURRENCY).and_then(|code| code.parse().ok()).unwrap_or(context.locale.currency),
            total: first.money(TOTAL),
            kinds,
            gross,
            line_discounts,
            is_taxable,
        })
    }

    /// How the discounts are meant: the first way that comes to the order's subtotal and total, else
    /// the first plain one that comes to its subtotal.
    fn meaning(&self) -> Meaning {
        let by_line: Money = self.line_discounts.iter().copied().sum();
        let stated = self.discount.unwrap_or_default();
        // Some files state the discount of the lines again by line, others beside it.
        let beside = Meaning { off_goods: stated, ..Meaning::default() };
        let again = Meaning { off_goods: stated - by_line, ..beside };
        let usual = if by_line.is_zero() || stated < by_line { beside } else { again };
        let ways: Vec<Meaning> = [usual, again, beside]
            .into_iter()
            .filter(|way| !way.off_goods.is_negative())
            .flat_map(|way| self.ways(way))
            .collect();
        let proved = ways.iter().find(|way| self.total.is_some() && ties(self.rest(way), self.tax));
        let takes_nothing_out = |way: &&Meaning| way.removed.is_none() && way.off_shipping.is_zero();
        *proved.or_else(|| ways.iter().find(takes_nothing_out)).unwrap_or(&usual)
    }

    /// The ways in which an order comes to its subtotal, if so much is off its goods or its shipping.
    fn ways(&self, meant: Meaning) -> Vec<Meaning> {
        let Some(subtotal) = self.subtotal else { return vec![meant] };
        let all: Money = self.gross.iter().zip(&self.line_discounts).map(|(gross, discount)| *gross - *discount).sum();
        let tips = self.kinds.iter().zip(&self.gross).filter(|(kind, _)| **kind == Some("tip"));
        let tips: Money = tips.map(|(_, gross)| *gross).sum();
        // Shopify's subtotal is without the tips; subtotals of other makers may hold them.
        [all - tips, all].into_iter().flat_map(|sum| self.close(meant, sum - meant.off_goods - subtotal)).collect()
    }

    /// What closes the gap between an order's lines and its subtotal.
    fn close(&self, meant: Meaning, gap: Money) -> Vec<Meaning> {
        if gap.is_zero() {
            return vec![meant];
        }
        if gap.is_negative() {
            // A code for free shipping is off the shipping, which may be stated before or after it.
            let off = -gap;
            let fits = off <= meant.off_goods && self.total.is_some();
            let of_goods = Meaning { off_goods: meant.off_goods - off.min(meant.off_goods), ..meant };
            let before = Meaning { off_shipping: off, ..of_goods };
            return if fits { vec![before, of_goods] } else { Vec::new() };
        }
        let worth = |place: &usize| self.gross[*place] - self.line_discounts[*place] == gap;
        let mut lines = (0..self.gross.len()).filter(worth);
        match (lines.next(), lines.next()) {
            // What an edit took out of an order stays in its export, at its full price.
            (Some(removed), None) if self.total.is_some() => vec![Meaning { removed: Some(removed), ..meant }],
            _ => Vec::new(),
        }
    }

    /// What the order's total has beyond its lines, shipping and duties.
    fn rest(&self, meant: &Meaning) -> Money {
        let lines = self.gross.iter().zip(&self.line_discounts).enumerate();
        let live = lines.filter(|(place, _)| meant.removed != Some(*place));
        let goods: Money = live.map(|(_, (gross, discount))| *gross - *discount).sum();
        let sent = self.shipping - meant.off_shipping;
        self.total.unwrap_or_default() - (goods - meant.off_goods + sent + self.duties)
    }

    /// The lines with their shares of the order's discount.
    fn lines(&self, meant: &Meaning) -> Vec<LineAmounts> {
        let shares = meant.off_goods.split(&self.shipped_weights(meant));
        let tells_taxed = self.is_taxable.contains(&true);
        (0..self.gross.len())
            .map(|place| LineAmounts {
                gross: self.gross[place],
                discount: self.line_discounts[place] + shares[place],
                is_taxed: (self.is_taxable[place] || !tells_taxed) && meant.removed != Some(place),
            })
            .collect()
    }

    /// The tax of each line and, last, of the shipping, where the order's taxes by rate prove it.
    fn tax_by_rate(
        &self,
        views: &[View<'_>],
        lines: &[LineAmounts],
        (shipping, prices_hold_tax): (Money, bool),
        context: &Context,
    ) -> Option<Vec<Money>> {
        let rates = self.taxes.iter().map(|(name, tax)| Some(RateTotal { rate: rate_in_name(name)?, tax: *tax }));
        let totals: Vec<RateTotal> = rates.collect::<Option<_>>()?;
        let sum = total(totals.iter().map(|total| total.tax))?;
        if totals.is_empty() || sum != self.tax || totals.iter().any(|total| total.tax.is_negative()) {
            return None;
        }
        let articles: Vec<&str> = views.iter().map(article).collect();
        let decimals = self.currency.decimals();
        let order = TaxedOrder { lines, articles: &articles, shipping, prices_hold_tax, decimals };
        let known = context.held_tax.get(context.channel_name());
        let country = views[0].text(SHIPPING_COUNTRY).or(views[0].text(BILLING_COUNTRY));
        order.shares(&totals, |article| known?.of(country, Some(article)))
    }

    /// How the order's shipping and discount are its lines': no part is of a tip, or of what is out.
    fn shipped_weights(&self, meant: &Meaning) -> Vec<i64> {
        let weight = |place: usize| {
            let counts = self.kinds[place].is_none() && meant.removed != Some(place);
            if counts { self.gross[place].ten_thousandths().max(0) } else { 0 }
        };
        (0..self.gross.len()).map(weight).collect()
    }
}

/// What a line is where it is no article: by the settings, else by its title where nobody ships it.
fn kind_of(view: &View<'_>, context: &Context) -> Option<&'static str> {
    let (sku, title) = (view.text(SKU), view.text(TITLE));
    let is_shipped = match view.text(REQUIRES_SHIPPING) {
        Some(word) => !word.eq_ignore_ascii_case("false"),
        None => sku.is_some(),
    };
    let by_title = || line_kind::of_unshipped(sku, title.filter(|_| !is_shipped)?);
    let kind = context.not_articles.kind(context.channel_name(), &[sku, title]).or_else(by_title);
    kind.filter(|kind| !line_kind::is_goods(kind))
}
