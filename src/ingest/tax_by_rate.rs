//! Which line of an order bears which of its tax rates? What each rate came to proves it, where only one
//! way of giving rates to the lines comes to that.
//!
//! Of what was paid `p` at a rate `r` the tax is `p × r ÷ (1 + r)` where prices hold it, else `p × r`.
//! An article has one rate. Shipping has none, one of the rates, or a share of each: Shopify taxes it by
//! what is in the parcel (help.shopify.com, "Proportional shipping tax", read 2026-12-01).

use super::price_tax::LineAmounts;
use crate::config::TaxRates;
use crate::types::{Money, Rate};

/// What an order is taxed at one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateTotal {
    pub(crate) rate: Rate,
    pub(crate) tax: Money,
}

/// The rate in a tax's name, such as `FR TVA 20%`: its last number with a percent sign.
pub(crate) fn rate_in_name(name: &str) -> Option<Rate> {
    let number = name.trim_end().strip_suffix(['%', ')'])?.trim_end_matches(['%', ' ']);
    let is_number = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
    let start = number
        .rfind(|letter| !is_number(letter))
        .map_or(0, |at| at + number[at..].chars().next().map_or(1, char::len_utf8));
    name.contains('%').then(|| TaxRates::rate_in(&format!("{}%", &number[start..])))?
}

/// An order whose lines bear rates that its document does not tell line by line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TaxedOrder<'a> {
    pub(crate) lines: &'a [LineAmounts],
    /// The article of each line.
    pub(crate) articles: &'a [&'a str],
    pub(crate) shipping: Money,
    pub(crate) prices_hold_tax: bool,
    /// Decimal places of the currency's smallest coin, to which each line's tax is rounded.
    pub(crate) decimals: u32,
}

/// The lines of one article.
struct Part {
    lines: Vec<usize>,
    paid: i128,
}

/// The rate of each part by its place among the order's; `None` for a part without tax.
type Way = Vec<Option<usize>>;

/// Ways that are tried before an order is given up.
const STEPS: usize = 5_000;

impl TaxedOrder<'_> {
    /// The tax of each line and, last, of the shipping; `None` where the totals prove no way, or several.
    /// `known` tells the rate of an article where the settings do: it decides between several.
    pub(crate) fn shares(&self, totals: &[RateTotal], known: impl Fn(&str) -> Option<Rate>) -> Option<Vec<Money>> {
        let parts = self.parts();
        // Taxes of a state, a county and a city lie on the same lines, those of several classes each on its own.
        let together = together(totals).filter(|_| totals.len() > 1);
        let readings: Vec<&[RateTotal]> =
            [totals].into_iter().chain(together.as_ref().map(std::slice::from_ref)).collect();
        for may_be_free in [false, true] {
            let mut found: Vec<(&[RateTotal], Way)> = Vec::new();
            for reading in &readings {
                found.extend(self.ways(&parts, reading, may_be_free)?.into_iter().map(|way| (*reading, way)));
            }
            let rates = |(totals, way): &(&[RateTotal], Way)| rates_of(totals, way);
            let is_known = |found: &&(&[RateTotal], Way)| {
                parts.iter().zip(rates(found)).all(|(part, rate)| known(self.articles[part.lines[0]]) == Some(rate))
            };
            let proved = match found.as_slice() {
                [] => continue,
                [first, others @ ..] if others.iter().all(|other| rates(other) == rates(first)) => Some(first),
                several => several.iter().find(is_known),
            };
            return proved.and_then(|(totals, way)| self.shared_out(&parts, totals, way));
        }
        None
    }

    fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for (place, line) in self.lines.iter().enumerate() {
            let paid = units(line.gross) - units(line.discount);
            if !line.is_taxed || paid <= 0 {
                continue;
            }
            match parts.iter_mut().find(|part| self.articles[part.lines[0]] == self.articles[place]) {
                Some(part) => {
                    part.lines.push(place);
                    part.paid += paid;
                }
                None => parts.push(Part { lines: vec![place], paid }),
            }
        }
        // The dearest first: what cannot be is seen soonest.
        parts.sort_by_key(|part| std::cmp::Reverse(part.paid));
        parts
    }

    /// The first ways, two at most for each reading, that come to the totals; `None` where too many would
    /// have to be tried.
    fn ways(&self, parts: &[Part], totals: &[RateTotal], may_be_free: bool) -> Option<Vec<Way>> {
        let mut search = Search {
            order: self,
            parts,
            totals,
            may_be_free,
            left: totals.iter().map(|total| units(total.tax)).collect(),
            way: Vec::with_capacity(parts.len()),
            found: Vec::new(),
            steps: 0,
        };
        search.go_on();
        (search.steps < STEPS).then_some(search.found)
    }

    /// Half a coin for each line and the shipping: so far their taxes are rounded.
    fn rounding(&self) -> i128 {
        let coin = 10_i128.pow(4 - self.decimals.min(4));
        coin / 2 * (self.lines.len() as i128 + 1)
    }

    /// What an amount of one comes to where prices hold the tax at a rate, in millionths.
    fn whole(&self, rate: Rate) -> i128 {
        let scale = i128::from(Rate::SCALE);
        if self.prices_hold_tax { scale + i128::from(rate.millionths()) } else { scale }
    }

    /// The tax of an amount at a rate.
    fn tax(&self, paid: i128, rate: Rate) -> i128 {
        nearest(paid.saturating_mul(rate.millionths().into()), self.whole(rate))
    }

    /// The amount whose tax at a rate this is.
    fn taxed(&self, tax: i128, rate: Rate) -> i128 {
        nearest(tax.saturating_mul(self.whole(rate)), rate.millionths().max(1).into())
    }

    /// What of the shipping is taxed at each rate, where the taxes that the lines leave can be its own.
    fn shipping_at(&self, totals: &[RateTotal], left: &[i128]) -> Option<Vec<i64>> {
        let shipping = self.shipping.ten_thousandths().max(0);
        let taxed: Vec<i128> = totals.iter().zip(left).map(|(total, left)| self.taxed(*left, total.rate)).collect();
        let rounding = |total: &RateTotal| self.taxed(self.rounding(), total.rate);
        let is_below = totals.iter().zip(&taxed).any(|(total, taxed)| *taxed < -rounding(total));
        let beyond = sum(taxed.iter().copied()).saturating_sub(shipping.into()).saturating_abs();
        let untaxed = left.iter().all(|left| left.saturating_abs() <= self.rounding());
        let is_whole = shipping > 0 && beyond <= sum(totals.iter().map(rounding));
        match (is_below, is_whole, untaxed) {
            (false, true, _) => {
                taxed.iter().map(|taxed| i64::try_from((*taxed).clamp(0, shipping.into())).ok()).collect()
            }
            (false, false, true) => Some(vec![0; totals.len()]),
            _ => None,
        }
    }

    /// Each rate's tax over what bears it; `None` where nothing does.
    fn shared_out(&self, parts: &[Part], totals: &[RateTotal], way: &Way) -> Option<Vec<Money>> {
        let mut left: Vec<i128> = totals.iter().map(|total| units(total.tax)).collect();
        let mut weights = vec![vec![0; self.lines.len() + 1]; totals.len()];
        for (part, rate) in parts.iter().zip(way).filter_map(|(part, rate)| Some((part, (*rate)?))) {
            left[rate] = left[rate].saturating_sub(self.tax(part.paid, totals[rate].rate));
            for line in &part.lines {
                let LineAmounts { gross, discount, .. } = self.lines[*line];
                weights[rate][*line] = i64::try_from(units(gross) - units(discount)).ok()?;
            }
        }
        for (weights, shipping) in weights.iter_mut().zip(self.shipping_at(totals, &left)?) {
            *weights.last_mut()? = shipping;
        }
        let mut shares = vec![Money::ZERO; self.lines.len() + 1];
        for (total, weights) in totals.iter().zip(&weights) {
            if weights.iter().all(|weight| *weight == 0) {
                return None;
            }
            let more = shares.iter().zip(total.tax.split(weights));
            shares = more.map(|(sum, share)| sum.checked_add(share)).collect::<Option<_>>()?;
        }
        Some(shares)
    }
}

/// The rates of one tax that has several, which lie on the same lines; `None` beyond any rate or amount.
fn together(totals: &[RateTotal]) -> Option<RateTotal> {
    totals.iter().copied().try_fold(RateTotal { rate: Rate::ZERO, tax: Money::ZERO }, |sum, total| {
        let rate = sum.rate.millionths().checked_add(total.rate.millionths())?;
        Some(RateTotal { rate: Rate::from_millionths(rate), tax: sum.tax.checked_add(total.tax)? })
    })
}

fn rates_of(totals: &[RateTotal], way: &Way) -> Vec<Rate> {
    way.iter().map(|rate| rate.map_or(Rate::ZERO, |place| totals[place].rate)).collect()
}

/// An amount in ten-thousandths, as this file works with it: a small rate's tax is that of much more than any
/// amount. What is beyond these numbers too stays at the largest, and comes to no total.
fn units(amount: Money) -> i128 {
    amount.ten_thousandths().into()
}

fn sum(amounts: impl Iterator<Item = i128>) -> i128 {
    amounts.fold(0, i128::saturating_add)
}

/// A quotient, half away from zero.
fn nearest(numerator: i128, denominator: i128) -> i128 {
    let rounded = numerator.saturating_abs().saturating_mul(2).saturating_add(denominator) / (denominator * 2);
    if numerator < 0 { -rounded } else { rounded }
}

/// A search through the ways, part by part.
struct Search<'a> {
    order: &'a TaxedOrder<'a>,
    parts: &'a [Part],
    totals: &'a [RateTotal],
    may_be_free: bool,
    /// Tax of each rate that no part bears yet.
    left: Vec<i128>,
    way: Way,
    found: Vec<Way>,
    steps: usize,
}

impl Search<'_> {
    fn go_on(&mut self) {
        self.steps += 1;
        if self.found.len() > 1 || self.steps >= STEPS {
            return;
        }
        let Some(part) = self.parts.get(self.way.len()) else {
            if self.order.shipping_at(self.totals, &self.left).is_some() {
                self.found.push(self.way.clone());
            }
            return;
        };
        for rate in 0..self.totals.len() {
            let tax = self.order.tax(part.paid, self.totals[rate].rate);
            let before = self.left[rate];
            let left = before.saturating_sub(tax);
            if left < -self.order.rounding() {
                continue;
            }
            self.left[rate] = left;
            self.step(Some(rate));
            self.left[rate] = before;
        }
        if self.may_be_free {
            self.step(None);
        }
    }

    fn step(&mut self, rate: Option<usize>) {
        self.way.push(rate);
        self.go_on();
        self.way.pop();
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn percent(percent: i64) -> Rate {
        Rate::from_millionths(percent * 10_000)
    }

    /// The shares of lines of one article each, as texts; of an order with its taxes by percent.
    fn shares(paid: &[&str], shipping: &str, taxes: &[(i64, &str)], held: bool) -> Option<Vec<String>> {
        shares_known(paid, shipping, taxes, held, &|_| None)
    }

    fn shares_known(
        paid: &[&str],
        shipping: &str,
        taxes: &[(i64, &str)],
        held: bool,
        known: &dyn Fn(&str) -> Option<Rate>,
    ) -> Option<Vec<String>> {
        let line = |paid: &&str| LineAmounts { gross: money(paid), discount: Money::ZERO, is_taxed: true };
        let lines: Vec<LineAmounts> = paid.iter().map(line).collect();
        let articles = &["A", "B", "C", "D", "E", "F"][..paid.len()];
        let totals: Vec<RateTotal> =
            taxes.iter().map(|(rate, tax)| RateTotal { rate: percent(*rate), tax: money(tax) }).collect();
        let shipping = money(shipping);
        let order = TaxedOrder { lines: &lines, articles, shipping, prices_hold_tax: held, decimals: 2 };
        Some(order.shares(&totals, known)?.iter().map(Money::to_string).collect())
    }

    #[test]
    fn a_rate_stands_in_the_name_of_its_tax() {
        assert_eq!(rate_in_name("FR TVA 20%"), Some(percent(20)));
        assert_eq!(rate_in_name("MwSt. 7 %"), Some(percent(7)));
        assert_eq!(rate_in_name("IVA (22%)"), Some(percent(22)));
        assert_eq!(rate_in_name("TVA 5,5%"), Some(Rate::from_millionths(55_000)));
        assert_eq!(rate_in_name("Steuer–7%"), Some(percent(7)));
        assert_eq!((rate_in_name("VAT"), rate_in_name("State Tax (CA)"), rate_in_name("%")), (None, None, None));
    }

    #[test]
    fn totals_of_two_rates_prove_whose_they_are() {
        let taxes = [(19, "7.98"), (7, "1.31")];
        assert_eq!(shares(&["20.00", "49.98"], "0.00", &taxes, true).unwrap(), ["1.31", "7.98", "0.00"]);
        let on_top = [(19, "9.50"), (7, "1.40")];
        assert_eq!(shares(&["20.00", "50.00"], "0.00", &on_top, false).unwrap(), ["1.40", "9.50", "0.00"]);
    }

    #[test]
    fn shipping_bears_one_rate_or_a_share_of_each_or_none() {
        // 5.95 at 19 % hold 0.95.
        let one = [(19, "8.93"), (7, "1.31")];
        assert_eq!(shares(&["20.00", "49.98"], "5.95", &one, true).unwrap(), ["1.31", "7.98", "0.95"]);
        // Half of 6.00 at each: 0.48 and 0.20.
        let each = [(19, "8.46"), (7, "1.51")];
        assert_eq!(shares(&["20.00", "49.98"], "6.00", &each, true).unwrap(), ["1.31", "7.98", "0.68"]);
        let none = [(19, "7.98"), (7, "1.31")];
        assert_eq!(shares(&["20.00", "49.98"], "6.00", &none, true).unwrap(), ["1.31", "7.98", "0.00"]);
    }

    #[test]
    fn two_articles_of_one_price_prove_nothing_unless_the_settings_know_one() {
        let taxes = [(19, "4.79"), (7, "1.96")];
        assert_eq!(shares(&["30.00", "30.00"], "0.00", &taxes, true), None);
        let known = |article: &str| Some(percent(if article == "A" { 7 } else { 19 }));
        assert_eq!(shares_known(&["30.00", "30.00"], "0.00", &taxes, true, &known).unwrap(), ["1.96", "4.79", "0.00"]);
    }

    #[test]
    fn an_article_without_tax_stands_beside_others() {
        assert_eq!(shares(&["59.50", "12.00"], "0.00", &[(19, "9.50")], true).unwrap(), ["9.50", "0.00", "0.00"]);
    }

    #[test]
    fn taxes_of_one_place_lie_on_the_same_lines() {
        let taxes = [(4, "4.00"), (5, "5.00")];
        assert_eq!(shares(&["60.00", "40.00"], "0.00", &taxes, false).unwrap(), ["5.40", "3.60", "0.00"]);
    }

    proptest! {
        /// Whatever an order says of its taxes, their shares add up to them, or nothing is proved.
        #[test]
        fn wild_rates_and_amounts_are_shared_whole_or_not_at_all(
            paid in vec((any::<i32>(), 0..5_u32), 1..6),
            shipping in (any::<i32>(), 0..5_u32),
            taxes in vec((any::<i32>(), 0..5_u32, prop_oneof![0..=9_i64, 0..=500_000_i64, 0..=i64::MAX]), 1..5),
            held in any::<bool>(),
        ) {
            let amount = |units: i32, scale: u32| Money::from_ten_thousandths(i64::from(units) * 10_i64.pow(2 * scale));
            let line = |(units, scale): &(i32, u32)| LineAmounts {
                gross: amount(*units, *scale), discount: Money::ZERO, is_taxed: true,
            };
            let lines: Vec<LineAmounts> = paid.iter().map(line).collect();
            let articles = &["A", "B", "A", "C", "D", "E"][..lines.len()];
            let totals: Vec<RateTotal> = taxes.iter().map(|(units, scale, rate)| RateTotal {
                rate: Rate::from_millionths(*rate), tax: amount(units.saturating_abs(), *scale),
            }).collect();
            let shipping = amount(shipping.0, shipping.1);
            let order = TaxedOrder { lines: &lines, articles, shipping, prices_hold_tax: held, decimals: 2 };
            let wanted: i128 = totals.iter().map(|total| units(total.tax)).sum();
            if let Some(shares) = order.shares(&totals, |_| None) {
                prop_assert_eq!(shares.iter().map(|share| units(*share)).sum::<i128>(), wanted);
            }
        }
    }

    /// A rate that is next to nothing has a tax of more than any amount; two of them are no shipping's either.
    #[test]
    fn taxes_that_no_amount_can_bear_prove_nothing() {
        let lines = [LineAmounts { gross: money("3000000000.00"), discount: Money::ZERO, is_taxed: true }];
        let rate = Rate::from_millionths(2);
        let totals = ["700000000.00", "800000000.00", "900000000.00"].map(|tax| RateTotal { rate, tax: money(tax) });
        for prices_hold_tax in [true, false] {
            let shipping = money("4.00");
            let order = TaxedOrder { lines: &lines, articles: &["A"], shipping, prices_hold_tax, decimals: 2 };
            assert_eq!(order.shares(&totals, |_| None), None);
        }
    }

    #[test]
    fn totals_that_nothing_comes_to_prove_nothing() {
        assert_eq!(shares(&["20.00", "49.98"], "0.00", &[(19, "6.00"), (7, "3.00")], true), None);
    }
}
