//! Do prices hold their tax? What an order says it comes to tells.
//!
//! An order whose goods, less discounts and with shipping and whatever else, come to `sum` has
//!
//! ```text
//! rest = total − sum
//! ```
//!
//! beside its tax: near nothing where prices hold it, near the tax where it comes on top. Of a credit note
//! all of it is below zero.

use crate::types::Money;

/// Documents round the tax of each line: up to so much apart two amounts are one.
const ROUNDING: Money = Money::from_cents(2);

/// Whether the tax is a part of the prices, by what an order's total has beyond them; `None` where
/// it proves neither.
pub(crate) fn prices_hold_tax(rest: Money, tax: Money) -> Option<bool> {
    let (held, on_top) = (rest.abs(), (rest - tax).abs());
    let proves = !tax.is_zero() && held != on_top && held.min(on_top) <= ROUNDING;
    proves.then_some(held < on_top)
}

/// Whether an order comes to its total one way or the other.
pub(crate) fn ties(rest: Money, tax: Money) -> bool {
    rest.abs() <= ROUNDING || (rest - tax).abs() <= ROUNDING
}

/// What a line of an order comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LineAmounts {
    pub(crate) gross: Money,
    /// Positive.
    pub(crate) discount: Money,
    /// Whether the order's tax is on it too.
    pub(crate) is_taxed: bool,
}

impl LineAmounts {
    fn weight(&self) -> i64 {
        let paid = if self.is_taxed { self.gross - self.discount } else { Money::ZERO };
        paid.ten_thousandths().max(0)
    }
}

/// The order's tax over its lines and, last, its shipping, by what was paid for each.
pub(crate) fn shares(tax: Money, lines: &[LineAmounts], shipping: Money) -> Vec<Money> {
    let mut weights: Vec<i64> = lines.iter().map(LineAmounts::weight).collect();
    let of_shipping = shipping.ten_thousandths().max(0);
    if of_shipping == 0 && weights.iter().all(|weight| *weight == 0) {
        weights.fill(1);
    }
    weights.push(of_shipping);
    tax.split(&weights)
}

/// Takes the tax that prices hold off gross, discount and shipping, so that
///
/// ```text
/// gross − discount + shipping + tax = what was paid
/// ```
///
/// to the cent. `shares` are those of [`shares`].
///
/// Example: of 110.00 less 11.00 with 9.00 tax, 100.00 less 10.00 are without it.
pub(crate) fn take_off(shares: &[Money], lines: &mut [LineAmounts], shipping: &mut Money) {
    let weights = |net: Money, tax: Money| [net, tax].map(|part| part.ten_thousandths().max(0));
    let taxed = lines.iter().filter(|line| line.is_taxed).map(|line| line.gross - line.discount);
    let paid = taxed.sum::<Money>() + *shipping;
    let tax = shares.iter().copied().sum::<Money>();
    if tax.is_zero() {
        return;
    }
    for (line, share) in lines.iter_mut().zip(shares).filter(|(line, _)| line.is_taxed) {
        let net = line.gross - line.discount - *share;
        // A line discounted whole has no rate of its own.
        let rate = if share.is_zero() { weights(paid - tax, tax) } else { weights(net, *share) };
        let discount = line.discount.split(&rate)[0];
        *line = LineAmounts { gross: net + discount, discount, ..*line };
    }
    *shipping -= shares.last().copied().unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn the_total_tells_whether_prices_hold_tax() {
        assert_eq!(prices_hold_tax(money("0.01"), money("19.00")), Some(true));
        assert_eq!(prices_hold_tax(money("18.99"), money("19.00")), Some(false));
        assert_eq!(prices_hold_tax(money("7.00"), money("19.00")), None);
        assert_eq!(prices_hold_tax(money("0.01"), money("-19.00")), Some(true), "a credit note");
        assert_eq!(prices_hold_tax(money("-19.01"), money("-19.00")), Some(false), "a credit note");
        assert_eq!(prices_hold_tax(Money::ZERO, Money::ZERO), None, "without tax nothing is proved");
        assert_eq!(prices_hold_tax(money("0.01"), money("0.02")), None, "a coin lies between both");
    }

    #[test]
    fn what_was_paid_is_net_and_tax_to_the_cent() {
        let line = |gross, discount, is_taxed| LineAmounts { gross: money(gross), discount: money(discount), is_taxed };
        let told = [line("33.33", "3.34", true), line("0.99", "0.10", true), line("5.00", "0.00", false)];
        let (mut lines, mut shipping, tax) = (told.to_vec(), money("4.90"), money("5.71"));
        let parts = shares(tax, &lines, shipping);
        take_off(&parts, &mut lines, &mut shipping);
        let paid = |lines: &[LineAmounts]| lines.iter().map(|line| line.gross - line.discount).sum::<Money>();
        assert_eq!(paid(&lines) + shipping + tax, paid(&told) + money("4.90"));
        assert_eq!(lines[2], told[2], "an untaxed line stays as it is");
        assert!(lines[0].discount < told[0].discount, "a discount is net too");
    }

    #[test]
    fn what_was_given_away_holds_no_tax() {
        let told = LineAmounts { gross: money("8.30"), discount: money("8.30"), is_taxed: true };
        let (mut lines, mut shipping) = ([told], Money::ZERO);
        let parts = shares(Money::ZERO, &lines, shipping);
        take_off(&parts, &mut lines, &mut shipping);
        assert_eq!(lines, [told], "its price and its discount stay whole");
    }

    #[test]
    fn a_rate_comes_out_as_it_went_in() {
        let mut lines = [LineAmounts { gross: money("110.00"), discount: money("11.00"), is_taxed: true }];
        let mut shipping = Money::ZERO;
        let parts = shares(money("9.00"), &lines, shipping);
        take_off(&parts, &mut lines, &mut shipping);
        assert_eq!((lines[0].gross, lines[0].discount), (money("100.00"), money("10.00")));
    }
}
