//! The night in a dozen numbers: what the page's head, `run.json` and the metrics say alike.

use std::collections::BTreeSet;

use super::needs::{self, Need};
use super::night::Night;
use super::sheet::Sheet;
use crate::health::{ExceptionKind, ORDERS};
use crate::pnl::LINES;
use crate::types::{Day, Money, Rate};

/// Days that oversells are counted back from the report's day.
pub const OVERSELL_DAYS: i32 = 30;

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
    /// The share of its fees that the fee schedule stands in for.
    pub(crate) estimated_fees: Option<Rate>,
    pub(crate) oversold_units: Option<i64>,
    pub(crate) oversold_orders: usize,
    pub(crate) drifting_listings: Option<usize>,
    pub(crate) drift_alerts: Option<usize>,
    pub(crate) buffers_to_change: Option<usize>,
    /// Changes that a person should see first.
    pub(crate) buffers_to_review: usize,
    /// Of these, first numbers.
    pub(crate) first_buffers: usize,
    pub(crate) alerts: usize,
    /// Unknown where exceptions name no money and something of it could not be judged.
    pub(crate) money_at_risk: Option<Money>,
    /// Messages about money that is not known. Their amounts make no sum: two may concern the same sales.
    pub(crate) unknowns: usize,
    /// The newest day with an order, and whether that is too long ago.
    pub(crate) newest_order: Option<(Day, bool)>,
    pub(crate) stale_sources: usize,
}

/// What the money at risk rests on.
pub(crate) static RISK_NEEDS: &[&Need] = &[&needs::MOVEMENTS, &needs::CHANNEL_COUNTS, &needs::COSTS];

impl Figures {
    pub(crate) fn of(night: &Night<'_>) -> Self {
        let mut figures = Self::default();
        figures.profit(night.sheet("pnl_by_channel"));
        figures.oversells(night);
        figures.drift(night);
        figures.buffers(night.sheet("buffers"));
        figures.alerts(night);
        figures.freshness(night.sheet("freshness"));
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
            self.estimated_fees = estimated_share(sheet, &month_rows(sheet, month));
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
        let units = recent.iter().filter_map(|row| sheet.integer(*row, "units")).sum();
        self.oversold_units = (units > 0 || needs::MOVEMENTS.is_met(night)).then_some(units);
        let orders: BTreeSet<_> =
            recent.iter().map(|row| (sheet.text(*row, "channel"), sheet.text(*row, "order_id"))).collect();
        self.oversold_orders = orders.len();
    }

    fn drift(&mut self, night: &Night<'_>) {
        let sheet = night.sheet("drift");
        if !sheet.is_empty() || needs::CHANNEL_COUNTS.is_met(night) {
            let off = |row: &usize| sheet.integer(*row, "gap").is_some_and(|gap| gap != 0);
            self.drifting_listings = Some(sheet.rows().filter(off).count());
            self.drift_alerts = Some(sheet.rows().filter(|row| sheet.is_set(*row, "alert")).count());
        }
    }

    fn buffers(&mut self, sheet: Sheet<'_>) {
        let changes: Vec<usize> = sheet.rows().filter(|row| sheet.is_set(*row, "is_change")).collect();
        let review = |row: &&usize| sheet.is_set(**row, "needs_review");
        let first = |row: &&usize| sheet.integer(**row, "change").is_none();
        // a number on hold everywhere says that nothing could be recommended
        let is_judged = sheet.rows().any(|row| sheet.integer(row, "listed_quantity").is_some());
        self.buffers_to_change = is_judged.then_some(changes.len());
        self.buffers_to_review = changes.iter().filter(review).count();
        self.first_buffers = changes.iter().filter(first).count();
    }

    fn alerts(&mut self, night: &Night<'_>) {
        let sheet = night.sheet("alerts");
        self.alerts = sheet.len();
        let is_unknown = |row: &usize| sheet.text(*row, "rule") == ExceptionKind::UnknownMoney.word();
        let (unknown, known): (Vec<usize>, Vec<usize>) = sheet.rows().partition(is_unknown);
        let at_risk: Vec<Money> = known.iter().filter_map(|row| sheet.money(*row, "money")).collect();
        let is_judged = !at_risk.is_empty() || needs::unmet(night, RISK_NEEDS).is_empty();
        self.money_at_risk = is_judged.then(|| at_risk.into_iter().sum());
        self.unknowns = unknown.len();
    }

    fn freshness(&mut self, sheet: Sheet<'_>) {
        self.stale_sources = sheet.rows().filter(|row| sheet.is_set(*row, "stale")).count();
        let orders = sheet.rows().filter(|row| sheet.text(*row, "source") == ORDERS);
        let newest = orders.filter_map(|row| Some((sheet.column("newest").day(row)?, sheet.is_set(row, "stale"))));
        self.newest_order = newest.max_by_key(|(day, is_stale)| (*day, !is_stale));
    }
}

/// How much of the fees that settlements tell is estimated instead; unknown without fees.
pub(crate) fn estimated_share(sheet: Sheet<'_>, rows: &[usize]) -> Option<Rate> {
    let lines = || LINES.iter().filter_map(|line| Some((line.column, line.estimated?)));
    let estimated = lines().filter(|(_, estimated)| sheet.has(estimated)).map(|(_, name)| sheet.sum(rows, name));
    let all = lines().filter(|(_, estimated)| sheet.has(estimated)).map(|(line, _)| sheet.sum(rows, line));
    share(estimated.sum::<Option<Money>>()?, all.sum::<Option<Money>>()?)
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
