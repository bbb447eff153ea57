//! Where each channel's income goes: its costs end to end, and what is left or was lost.

use super::canvas::{Align, Ink, Pen, draw};
use super::scale::Scale;
use super::{Format, ROW, cut};
use crate::report::numbers;

/// Where the income of one channel went.
#[derive(Clone, Debug)]
pub(crate) struct Portions {
    pub(crate) label: String,
    /// Money that came in; below zero where more went back to buyers than came from them.
    pub(crate) income: f64,
    /// What each cost took, none below zero.
    pub(crate) costs: Vec<f64>,
    /// What stands beside the bar.
    pub(crate) figure: String,
}

impl Portions {
    fn spent(&self) -> f64 {
        self.costs.iter().sum::<f64>() + (-self.income).max(0.0)
    }

    /// What the whole bar stands for: the income, or the costs where these are higher.
    fn whole(&self) -> f64 {
        self.income.max(self.spent())
    }

    /// What is left of the income; below zero it is lost.
    fn left(&self) -> f64 {
        self.income.max(0.0) - self.spent()
    }

    /// True where something came in or went out.
    pub(crate) fn is_any(&self) -> bool {
        self.whole() > 0.0
    }

    /// True where costs went beyond the income.
    pub(crate) fn is_loss(&self) -> bool {
        self.left() < 0.0
    }
}

/// Per channel a bar as long as its income, or as its costs where these are higher: the costs, then what is
/// left. Of a loss every cost is drawn whole, and a band below them tells how much of them no income paid.
/// `parts` are the costs' names; money that went back beyond the sales is the part after them.
pub(crate) fn shares(rows: &[Portions], parts: &[&str], name: &str, format: Format) -> String {
    let (width, gutter) = (format.width(), format.pick(170.0, 96.0));
    let scale = Scale::new((0.0, 1.0), (gutter + 14.0, width - format.pick(84.0, 62.0)));
    let bottom = ROW * rows.len() as f64 + 6.0;
    draw(width, bottom + 22.0, name, |pen| {
        for (index, row) in rows.iter().enumerate() {
            let middle = ROW * (index as f64 + 0.5) + 3.0;
            pen.text((gutter, middle), Align::Right, Ink::Strong, &cut(&row.label, format.pick(24, 13)));
            bar(pen, row, parts, middle, scale);
            pen.text((scale.at(1.0) + 7.0, middle), Align::Left, Ink::Strong, &row.figure);
        }
        for (share, align) in [(0.0, Align::Left), (0.5, Align::Centre), (1.0, Align::Right)] {
            let label = numbers::percent_of(share).replace(".0", "");
            pen.text((scale.at(share), bottom + 13.0), align, Ink::Label, &label);
        }
    })
}

fn bar(pen: &mut Pen<'_>, row: &Portions, parts: &[&str], middle: f64, scale: Scale) {
    let (label, whole) = (&row.label, row.whole());
    let returned = (-row.income).max(0.0);
    let mut from = 0.0;
    for (part, cost) in row.costs.iter().chain([&returned]).enumerate().filter(|(_, cost)| **cost > 0.0) {
        let (left, right) = (scale.at(from), scale.at(from + cost / whole));
        pen.rect((left, middle - 10.0), (right, middle + 10.0), Ink::Part(part as u8));
        let name = parts.get(part).unwrap_or(&"went back beyond the sales");
        let tip = format!("{label}: {name} {}", numbers::percent_of(cost / whole));
        pen.tip((left, middle - 10.0), (right, middle + 10.0), &tip);
        from += cost / whole;
    }
    let left = row.left() / whole;
    if left > 0.0 {
        let (upper, lower) = ((scale.at(from), middle - 10.0), (scale.at(1.0), middle + 10.0));
        pen.rect(upper, lower, Ink::Main);
        pen.tip(upper, lower, &format!("{label}: contribution {}", row.figure));
    } else if left < 0.0 {
        let paid = scale.at(1.0 + left);
        let (upper, lower) = ((paid, middle + 10.0), (scale.at(1.0), middle + 14.0));
        pen.rect(upper, lower, Ink::Bad);
        pen.line((paid, middle - 12.0), (paid, middle + 14.0), Ink::Strong, 1.4);
        pen.tip(upper, lower, &format!("{label}: no income paid {}", numbers::percent_of(-left)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(income: f64, costs: [f64; 2]) -> Portions {
        Portions { label: "stall".into(), income, costs: costs.into(), figure: "figure".into() }
    }

    fn drawn(row: Portions) -> String {
        shares(&[row], &["Goods", "Fees"], "shares", Format::Desk)
    }

    #[test]
    fn costs_beyond_the_income_are_all_drawn() {
        let svg = drawn(row(40.0, [60.0, 20.0]));
        for tip in ["stall: Goods 75.0\u{202f}%", "stall: Fees 25.0\u{202f}%", "stall: no income paid 50.0\u{202f}%"] {
            assert!(svg.contains(tip), "{tip} is not in {svg}");
        }
        assert!(!svg.contains("contribution"), "nothing is left");
    }

    #[test]
    fn what_went_back_beyond_the_sales_is_spent_like_a_cost() {
        let svg = drawn(row(-10.0, [30.0, 0.0]));
        for tip in ["Goods 75.0", "went back beyond the sales 25.0", "no income paid 100.0"] {
            assert!(svg.contains(tip), "{tip} is not in {svg}");
        }
        assert!(!svg.contains("Fees"), "nothing is drawn of what cost nothing");
    }

    #[test]
    fn what_is_left_of_an_income_is_drawn_and_a_channel_without_money_is_not() {
        let svg = drawn(row(80.0, [20.0, 20.0]));
        assert!(svg.contains("Fees 25.0") && svg.contains("contribution figure") && !svg.contains("no income"));
        assert!(!row(0.0, [0.0, 0.0]).is_any());
        assert!(row(0.0, [3.0, 0.0]).is_any() && row(0.0, [3.0, 0.0]).is_loss());
    }
}
