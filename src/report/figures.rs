//! The night in ten numbers: what the page's head, `run.json` and the metrics say alike.

use std::collections::BTreeSet;

use super::night::Night;
use super::sheet::Sheet;
use crate::types::{Money, Rate};

/// Days that oversells are counted back from the report's day.
pub(crate) const OVERSELL_DAYS: i32 = 30;

/// The headline figures. Unknown is `None` and never zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    /// The newest month of the profit sheet, `2026-02`.
    pub(crate) month: Option<String>,
    pub(crate) net_sales: Option<Money>,
    /// The month before, for comparison.
    pub(crate) net_sales_before: Option<Money>,
    pub(crate) contribution: Option<Money>,
    pub(crate) contribution_before: Option<Money>,
    /// Of the SKUs whose cost is known.
    pub(crate) contribution_of_costed: Option<Money>,
    pub(crate) units_without_cost: i64,
    pub(crate) oversold_units: i64,
    pub(crate) oversold_orders: usize,
    pub(crate) drifting_listings: usize,
    pub(crate) drift_alerts: usize,
    /// Units that channels show more or less than they should, without sign.
    pub(crate) drift_units: i64,
    pub(crate) buffers_to_change: usize,
    pub(crate) buffers_to_approve: usize,
    pub(crate) alerts: usize,
    pub(crate) money_at_risk: Option<Money>,
}

impl Figures {
    pub(crate) fn of(night: &Night<'_>) -> Self {
        let mut figures = Self::default();
        figures.profit(night.sheet("pnl_by_channel"));
        figures.oversells(night);
        figures.drift(night.sheet("drift"));
        figures.buffers(night.sheet("buffers"));
        let alerts = night.sheet("alerts");
        figures.alerts = alerts.len();
        figures.money_at_risk = Some(alerts.rows().filter_map(|row| alerts.money(row, "money")).sum());
        figures
    }

    /// Contribution as a share of net sales.
    pub(crate) fn contribution_rate(&self) -> Option<Rate> {
        share(self.contribution?, self.net_sales?)
    }

    fn profit(&mut self, sheet: Sheet<'_>) {
        let months: Vec<&str> = sheet
            .rows()
            .map(|row| sheet.text(row, "month"))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .rev()
            .take(2)
            .collect();
        let total = |month: &str, column: &str| sheet.sum(&month_rows(sheet, month), column);
        if let Some(month) = months.first() {
            self.month = Some((*month).to_owned());
            self.net_sales = total(month, "net_sales");
            self.contribution = total(month, "contribution");
            self.contribution_of_costed = total(month, "contribution_of_costed");
            let uncosted = |row: usize| sheet.integer(row, "units_without_cost");
            self.units_without_cost = month_rows(sheet, month).into_iter().filter_map(uncosted).sum();
        }
        if let Some(month) = months.get(1) {
            self.net_sales_before = total(month, "net_sales");
            self.contribution_before = total(month, "contribution");
        }
    }

    fn oversells(&mut self, night: &Night<'_>) {
        let sheet = night.sheet("oversells");
        let from = night.as_of.plus(1 - OVERSELL_DAYS);
        let recent: Vec<usize> = sheet
            .rows()
            .filter(|row| night.day(sheet.value(*row, "ordered_at")).is_some_and(|day| day >= from))
            .collect();
        self.oversold_units = recent.iter().filter_map(|row| sheet.integer(*row, "units")).sum();
        let orders: BTreeSet<_> =
            recent.iter().map(|row| (sheet.text(*row, "channel"), sheet.text(*row, "order_id"))).collect();
        self.oversold_orders = orders.len();
    }

    fn drift(&mut self, sheet: Sheet<'_>) {
        for row in sheet.rows() {
            let gap = sheet.integer(row, "gap").unwrap_or(0);
            self.drifting_listings += usize::from(gap != 0);
            self.drift_units += gap.abs();
            self.drift_alerts += usize::from(sheet.is_set(row, "alert"));
        }
    }

    fn buffers(&mut self, sheet: Sheet<'_>) {
        for row in sheet.rows().filter(|row| is_change(sheet, *row)) {
            self.buffers_to_change += 1;
            self.buffers_to_approve += usize::from(sheet.text(row, "action") == "approve");
        }
    }
}

/// True where the published number should become another.
pub(crate) fn is_change(buffers: Sheet<'_>, row: usize) -> bool {
    match buffers.integer(row, "change") {
        Some(change) => change != 0,
        None => buffers.text(row, "action") != "hold",
    }
}

/// The rows of a month.
pub(crate) fn month_rows(sheet: Sheet<'_>, month: &str) -> Vec<usize> {
    sheet.rows().filter(|row| sheet.text(*row, "month") == month).collect()
}

/// `part` as a share of `whole`; unknown where the whole is not above zero.
pub(crate) fn share(part: Money, whole: Money) -> Option<Rate> {
    let (part, whole) = (i128::from(part.ten_thousandths()), i128::from(whole.ten_thousandths()));
    (whole > 0).then(|| {
        let exact = part * i128::from(Rate::SCALE);
        let rounded = (exact.abs() + whole / 2) / whole * exact.signum();
        Rate::from_millionths(i64::try_from(rounded).unwrap_or(i64::MAX))
    })
}
