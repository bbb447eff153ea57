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
    paid: i64,
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
        let (apart, together) = (totals.to_vec(), together(totals));
        let readings: Vec<&[RateTotal]> = if totals.len() > 1 { vec![&apart, &together] } else { vec![&apart] };
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
            let paid = (line.gross - line.discount).ten_thousandths();
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
            left: totals.iter().map(|total| total.tax.ten_thousandths()).collect(),
            way: Vec::with_capacity(parts.len()),
            found: Vec::new(),
            steps: 0,
        };
        search.go_on();
        (search.steps < STEPS).then_some(search.found)
    }

    /// Half a coin for each line and the shipping: so far their taxes are rounded.
    fn rounding(&self) -> i64 {
        self.coin() / 2 * (self.lines.len() as i64 + 1)
    }

    fn coin(&self) -> i64 {
        10_i64.pow(4 - self.decimals.min(4))
    }

    /// The tax of an amount at a rate.
    fn tax(&self, paid: i64, rate: Rate) -> i64 {
        let whole = if self.prices_hold_tax { Rate::SCALE + rate.millionths() } else { Rate::SCALE };
        nearest(i128::from(paid) * i128::from(rate.millionths()), i128::from(whole))
    }

    /// The amount whose tax at a rate this is.
    fn taxed(&self, tax: i64, rate: Rate) -> i64 {
        let whole = if self.prices_hold_tax { Rate::SCALE + rate.millionths() } else { Rate::SCALE };
        nearest(i128::from(tax) * i128::from(whole), i128::from(rate.millionths().max(1)))
    }

    /// What of the shipping is taxed at each rate, where the taxes that the lines leave can be its own.
    fn shipping_at(&self, totals: &[RateTotal], left: &[i64]) -> Option<Vec<i64>> {
        let shipping = self.shipping.ten_thousandths().max(0);
        let taxed: Vec<i64> = totals.iter().zip(left).map(|(total, left)| self.taxed(*left, total.rate)).collect();
        let rounding = |total: &RateTotal| self.taxed(self.rounding(), total.rate);
        let is_below = totals.iter().zip(&taxed).any(|(total, taxed)| *taxed < -rounding(total));
        let near = |amount: i64| (taxed.iter().sum::<i64>() - amount).abs() <= totals.iter().map(rounding).sum();
        let untaxed = left.iter().all(|left| left.abs() <= self.rounding());
        let is_whole = shipping > 0 && near(shipping);
        match (is_below, is_whole, untaxed) {
            (false, true, _) => Some(taxed.iter().map(|taxed| (*taxed).clamp(0, shipping)).collect()),
            (false, false, true) => Some(vec![0; totals.len()]),
            _ => None,
        }
    }

    /// Each rate's tax over what bears it; `None` where nothing does.
    fn shared_out(&self, parts: &[Part], totals: &[RateTotal], way: &Way) -> Option<Vec<Money>> {
        let mut left: Vec<i64> = totals.iter().map(|total| total.tax.ten_thousandths()).collect();
        let mut weights = vec![vec![0; self.lines.len() + 1]; totals.len()];
        for (part, rate) in parts.iter().zip(way).filter_map(|(part, rate)| Some((part, (*rate)?))) {
            left[rate] -= self.tax(part.paid, totals[rate].rate);
            for line in &part.lines {
                weights[rate][*line] = (self.lines[*line].gross - self.lines[*line].discount).ten_thousandths();
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
            shares.iter_mut().zip(total.tax.split(weights)).for_each(|(sum, share)| *sum += share);
        }
        Some(shares)
    }
}

/// The rates of one tax that has several, which lie on the same lines.
fn together(totals: &[RateTotal]) -> Vec<RateTotal> {
    let rate = totals.iter().map(|total| total.rate.millionths()).sum();
    vec![RateTotal { rate: Rate::from_millionths(rate), tax: totals.iter().map(|total| total.tax).sum() }]
}

fn rates_of(totals: &[RateTotal], way: &Way) -> Vec<Rate> {
    way.iter().map(|rate| rate.map_or(Rate::ZERO, |place| totals[place].rate)).collect()
}

fn nearest(numerator: i128, denominator: i128) -> i64 {
    let rounded = (numerator.abs() * 2 + denominator) / (denominator * 2);
    let rounded = i64::try_from(rounded).unwrap_or(i64::MAX / 4);
    if numerator < 0 { -rounded } else { rounded }
}

/// A search through the ways, part by part.
struct Search<'a> {
    order: &'a TaxedOrder<'a>,
    parts: &'a [Part],
    totals: &'a [RateTotal],
    may_be_free: bool,
    /// Tax of each rate that no part bears yet.
    left: Vec<i64>,
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
            if self.left[rate] - tax < -self.order.rounding() {
                continue;
            }
            self.left[rate] -= tax;
            self.step(Some(rate));
            self.left[rate] += tax;
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

    #[test]
    fn totals_that_nothing_comes_to_prove_nothing() {
        assert_eq!(shares(&["20.00", "49.98"], "0.00", &[(19, "6.00"), (7, "3.00")], true), None);
    }
}
