//! What one unit cost on a day, by either method.
//!
//! **Standard**: the `unit_cost` in force on the day: of the rows whose `from` is not after the day
//! and whose `until` (inclusive) has not passed, the one with the newest `from`. So a cost for some
//! weeks gives way to the open one before it when it ends.
//!
//! **Moving average**: from the first receipt on,
//!
//! ```text
//! average = (on_hand × average + received × cost) ÷ (on_hand + received)
//! ```
//!
//! in the shop's currency to four decimals, where `cost` is the standard cost of the receipt's day
//! and `on_hand` the units of all locations the evening before, never below zero. Receipts of a day
//! come before its sales. Stock that lay there before the first receipt is valued at the standard
//! cost of the day of its first count, or of the day before the receipt if it was never counted;
//! sales before the first receipt cost the standard. Returns, damage and adjustments move units at
//! the average and leave it as it is.

use std::collections::BTreeMap;

use super::input::{CostPrice, Input, Receipt};
use super::rates::Exchange;
use crate::config::CostMethod;
use crate::types::{Currency, Day, Money, Sku};

/// The cost of one unit of every SKU on every day, in the shop's currency.
#[derive(Debug)]
pub(super) struct Costs {
    standard: BTreeMap<Sku, BTreeMap<Day, InForce>>,
    averages: BTreeMap<Sku, BTreeMap<Day, Option<Money>>>,
}

#[derive(Debug)]
struct InForce {
    until: Option<Day>,
    unit_cost: Option<Money>,
    /// The currency of a cost that there is no rate for.
    without_rate: Option<Currency>,
}

impl Costs {
    pub(super) fn new(input: &Input, method: CostMethod, exchange: &Exchange) -> Self {
        let mut costs = Self { standard: standard(&input.cost_prices, exchange), averages: BTreeMap::new() };
        if method == CostMethod::MovingAverage {
            costs.averages = costs.moving_averages(&input.receipts);
        }
        costs
    }

    /// The cost of one unit; `None` where it is not known.
    pub(super) fn on(&self, sku: &Sku, day: Day) -> Option<Money> {
        let average = self.averages.get(sku).and_then(|days| days.range(..=day).next_back());
        match average {
            Some((_, average)) => *average,
            None => self.standard_on(sku, day),
        }
    }

    /// Whether `costs` has a row of the SKU, of whatever day.
    pub(super) fn has_any(&self, sku: &Sku) -> bool {
        self.standard.contains_key(sku)
    }

    /// The first day that `costs` has a cost of the SKU for.
    pub(super) fn begins(&self, sku: &Sku) -> Option<Day> {
        self.standard.get(sku)?.first_key_value().map(|(from, _)| *from)
    }

    /// Where a cost of that day is there and only its rate lacks: the currency, and the day whose
    /// rate it is. A moving average also lacks the rate of an earlier cost that went into it.
    pub(super) fn lacks_rate(&self, sku: &Sku, day: Day) -> Option<(Currency, Day)> {
        let of = |(from, cost): (Day, &InForce)| Some((cost.without_rate?, from));
        let now = self.in_force(sku, day)?;
        let earlier = || self.standard.get(sku)?.range(..=day).rev().find_map(|(from, cost)| of((*from, cost)));
        of(now).or_else(|| self.averages.contains_key(sku).then(earlier)?)
    }

    fn standard_on(&self, sku: &Sku, day: Day) -> Option<Money> {
        self.in_force(sku, day)?.1.unit_cost
    }

    fn in_force(&self, sku: &Sku, day: Day) -> Option<(Day, &InForce)> {
        let begun = self.standard.get(sku)?.range(..=day).rev();
        begun.map(|(from, cost)| (*from, cost)).find(|(_, cost)| cost.until.is_none_or(|until| day <= until))
    }

    fn moving_averages(&self, receipts: &[Receipt]) -> BTreeMap<Sku, BTreeMap<Day, Option<Money>>> {
        let mut by_day: BTreeMap<(&Sku, Day), &Receipt> = BTreeMap::new();
        by_day.extend(receipts.iter().map(|receipt| ((&receipt.sku, receipt.day), receipt)));
        let mut averages: BTreeMap<Sku, BTreeMap<Day, Option<Money>>> = BTreeMap::new();
        for ((sku, day), receipt) in by_day {
            let days = averages.entry(sku.clone()).or_default();
            let before = match days.last_key_value() {
                Some((_, average)) => *average,
                None => self.standard_on(sku, receipt.opened_on.unwrap_or(day.plus(-1))),
            };
            days.insert(day, average_after(before, self.standard_on(sku, day), receipt));
        }
        averages
    }
}

fn standard(prices: &[CostPrice], exchange: &Exchange) -> BTreeMap<Sku, BTreeMap<Day, InForce>> {
    let mut table: BTreeMap<Sku, BTreeMap<Day, InForce>> = BTreeMap::new();
    for price in prices {
        let unit_cost = exchange.convert_unit_cost(price.unit_cost, price.currency, price.from);
        let without_rate = Some(price.currency).filter(|currency| !exchange.converts(*currency, price.from));
        let in_force = InForce { until: price.until, unit_cost, without_rate };
        table.entry(price.sku.clone()).or_default().insert(price.from, in_force);
    }
    table
}

/// The average after a receipt; unknown where a part of the stock has no known cost.
fn average_after(before: Option<Money>, cost: Option<Money>, receipt: &Receipt) -> Option<Money> {
    let on_hand = receipt.on_hand_before.max(0);
    if receipt.received <= 0 {
        return before;
    }
    let old = if on_hand == 0 { Money::ZERO } else { before?.checked_times(on_hand)? };
    let new = cost?.checked_times(receipt.received)?;
    old.checked_add(new)?.divided_by(on_hand.checked_add(receipt.received)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Currency;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn price(from: &str, until: Option<&str>, cost: &str) -> CostPrice {
        let unit_cost = cost.parse().unwrap();
        CostPrice { sku: "MUG".into(), from: day(from), until: until.map(day), unit_cost, currency: Currency::USD }
    }

    fn receipt(on: &str, received: i64, on_hand_before: i64) -> Receipt {
        Receipt { sku: "MUG".into(), day: day(on), received, on_hand_before, opened_on: None }
    }

    fn costs(method: CostMethod) -> Costs {
        let cost_prices = vec![price("2026-01-01", Some("2026-01-31"), "2.00"), price("2026-02-10", None, "3.00")];
        let receipts = vec![receipt("2026-01-20", 100, 50), receipt("2026-02-10", 50, 100)];
        let input = Input { cost_prices, receipts, ..Input::default() };
        Costs::new(&input, method, &Exchange::new(Currency::USD, &[]))
    }

    #[test]
    fn the_cost_in_force_on_the_day() {
        let costs = costs(CostMethod::Standard);
        let on = |text| costs.on(&"MUG".into(), day(text)).map(|cost| cost.to_string());
        assert_eq!(on("2025-12-31"), None);
        assert_eq!(on("2026-01-01").as_deref(), Some("2.00"));
        assert_eq!(on("2026-01-31").as_deref(), Some("2.00"));
        assert_eq!(on("2026-02-01"), None, "the first cost has ended and the second not begun");
        assert_eq!(on("2026-02-10").as_deref(), Some("3.00"));
        assert_eq!(costs.on(&"CUP".into(), day("2026-02-10")), None);
    }

    #[test]
    fn a_cost_for_some_days_gives_way_to_the_open_one_before_it() {
        let cost_prices = vec![price("2026-01-01", None, "2.00"), price("2026-02-10", Some("2026-02-12"), "3.00")];
        let input = Input { cost_prices, ..Input::default() };
        let costs = Costs::new(&input, CostMethod::Standard, &Exchange::new(Currency::USD, &[]));
        let on = |text| costs.on(&"MUG".into(), day(text)).map(|cost| cost.to_string());
        assert_eq!(on("2026-02-12").as_deref(), Some("3.00"));
        assert_eq!(on("2026-02-13").as_deref(), Some("2.00"));
    }

    #[test]
    fn the_moving_average_over_receipts() {
        let costs = costs(CostMethod::MovingAverage);
        let on = |text| costs.on(&"MUG".into(), day(text)).map(|cost| cost.to_string());
        assert_eq!(on("2026-01-19").as_deref(), Some("2.00"));
        assert_eq!(on("2026-02-09").as_deref(), Some("2.00"));
        // (100 × 2.00 + 50 × 3.00) ÷ 150
        assert_eq!(on("2026-02-10").as_deref(), Some("2.3333"));
    }

    #[test]
    fn stock_below_zero_does_not_bend_the_average() {
        let receipt = receipt("2026-02-10", 10, -4);
        let average = average_after("2.00".parse().ok(), "3.00".parse().ok(), &receipt);
        assert_eq!(average, "3.00".parse().ok());
    }
}
