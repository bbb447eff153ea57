//! What does an order's total hold beside goods and delivery? The export names the coupon and the fees
//! in words, and not what they took off or added: the total tells it.

use crate::types::Money;

/// The amounts of an order before tax, and what its words say.
pub(super) struct Order<'a> {
    pub(super) total: Money,
    pub(super) goods: Money,
    /// Shipping, handling and wrapping.
    pub(super) delivery: Money,
    /// Store credit and gift certificates that paid a part of it.
    pub(super) credits: Money,
    pub(super) coupon: Option<&'a str>,
    pub(super) has_fees: bool,
}

/// What the total lacks or holds more than goods and delivery. What no word of the order explains is
/// in none of these, and so a difference between the order's lines and its total.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rest {
    /// What coupons took off.
    pub(super) discount: Money,
    /// What fees added.
    pub(super) fees: Money,
    /// What credits paid, where the total stands after them.
    pub(super) paid_by_credit: Money,
}

impl Rest {
    pub(super) fn of(order: &Order<'_>) -> Self {
        let rest = order.total - order.goods - order.delivery;
        if rest > Money::ZERO {
            return Self { fees: if order.has_fees { rest } else { Money::ZERO }, ..Self::default() };
        }
        let lacking = -rest;
        let coupon = order.coupon.filter(|text| !text.trim().is_empty());
        let after_credits = !order.credits.is_zero()
            && match coupon {
                Some(coupon) => takes_off(coupon, order.goods, lacking - order.credits),
                None => lacking == order.credits,
            };
        let paid_by_credit = if after_credits { order.credits } else { Money::ZERO };
        let discount = match coupon {
            Some(_) if lacking - paid_by_credit <= order.goods => lacking - paid_by_credit,
            _ => Money::ZERO,
        };
        Self { discount, paid_by_credit, ..Self::default() }
    }
}

/// Whether coupons such as `Coupon Code: TEN, Coupon Value: 10` take this off: their values as money or,
/// of one coupon, as a percentage of the goods.
fn takes_off(coupon: &str, goods: Money, amount: Money) -> bool {
    let values = coupon.split("Coupon Value:").skip(1).filter_map(|rest| {
        let end = rest.find([',', '|', ';']).unwrap_or(rest.len());
        rest[..end].trim().parse::<Money>().ok()
    });
    let sum: Money = values.sum();
    let percentage = goods.ten_thousandths().checked_mul(sum.ten_thousandths() / 100);
    let share = percentage.map(|product| Money::from_ten_thousandths(product / Money::SCALE).to_cent());
    sum == amount || share == Some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn rest(total: &str, credits: &str, coupon: Option<&str>, has_fees: bool) -> [String; 3] {
        let (goods, delivery) = (money("80.00"), money("5.00"));
        let rest = Rest::of(&Order { total: money(total), goods, delivery, credits: money(credits), coupon, has_fees });
        [rest.discount, rest.fees, rest.paid_by_credit].map(|amount| amount.to_string())
    }

    const COUPON: Option<&str> = Some("Coupon Code: EIGHT, Coupon Value: 8");

    #[test]
    fn a_coupon_took_off_what_the_total_lacks() {
        assert_eq!(rest("77.00", "0.00", COUPON, false), ["8.00", "0.00", "0.00"]);
        // ten percent
        let tenth = Some("Coupon Code: TENTH, Coupon Value: 10");
        assert_eq!(rest("77.00", "0.00", tenth, false), ["8.00", "0.00", "0.00"]);
    }

    #[test]
    fn credits_are_payments_whether_the_total_stands_before_or_after_them() {
        assert_eq!(rest("85.00", "20.00", None, false), ["0.00", "0.00", "0.00"]);
        assert_eq!(rest("65.00", "20.00", None, false), ["0.00", "0.00", "20.00"]);
        assert_eq!(rest("57.00", "20.00", COUPON, false), ["8.00", "0.00", "20.00"]);
        assert_eq!(rest("77.00", "20.00", COUPON, false), ["8.00", "0.00", "0.00"]);
    }

    #[test]
    fn what_no_word_explains_is_left_as_a_difference() {
        assert_eq!(rest("77.00", "0.00", None, false), ["0.00", "0.00", "0.00"]);
        assert_eq!(rest("88.00", "0.00", None, false), ["0.00", "0.00", "0.00"]);
        assert_eq!(rest("88.00", "0.00", None, true), ["0.00", "3.00", "0.00"]);
    }
}
