//! `trueup run`: the night's work.

use std::path::Path;
use std::time::Instant;

use super::night::Night;
use super::shop::Shop;
use super::{ExitStatus, ingest, pages, publish};
use crate::cli;
use crate::config::Settings;
use crate::error::Result;
use crate::shell::{Shell, count};
use crate::types::Money;

/// Reads the exports, works everything out and writes the report.
pub(super) fn run(project: &Path, options: &cli::Run, shell: &Shell) -> Result<ExitStatus> {
    let start = Instant::now();
    let settings = Settings::read(project)?;
    let published = publish::holdbacks(&publish::folder(&settings, None))?;
    let read = ingest::read_exports(&settings, false, shell)?;
    let read_seconds = start.elapsed().as_secs_f64();
    let shop = Shop::at(settings, &read.snapshot, options.as_of)?;
    let night = Night::work(&shop, &published)?;
    let timings = [vec![("ingest".to_owned(), read_seconds)], night.desk.timings.clone()].concat();
    pages::write(&shop, &night, &timings)?;
    tell(&shop, &night, start.elapsed().as_secs_f64(), shell);
    Ok(if night.says_no(&shop) { ExitStatus::SaysNo } else { ingest::status(&read, options.strict) })
}

fn tell(shop: &Shop, night: &Night, seconds: f64, shell: &Shell) {
    let currency = shop.settings.shop.currency;
    let newest = night.pnl.by_channel.keys().map(|(month, _)| *month).max();
    if let Some(month) = newest {
        let of_month = night.pnl.by_channel.iter().filter(|((of, _), _)| *of == month);
        let (sales, earned) = of_month.fold((Money::ZERO, Money::ZERO), |(sales, earned), (_, statement)| {
            let add = |sum: Money, amount: Option<Money>| sum + amount.unwrap_or(Money::ZERO);
            (add(sales, statement.net_sales()), add(earned, statement.contribution_of_costed()))
        });
        let losing = count(night.pnl.losing.len() as u64, "listing");
        shell.status("Profit", format!("{month}: {earned} {currency} from {sales} net sales; {losing} losing money"));
    }
    let drifts = &night.stock.drifts;
    let oversold: i64 = night.stock.ledger.oversells().iter().map(|oversell| oversell.units).sum();
    let off = count(drifts.found.len() as u64, "listing");
    shell.status(
        "Stock",
        format!(
            "{off} off of {} compared; {} oversold in the history",
            drifts.compared,
            count(oversold as u64, "unit")
        ),
    );
    let changes = night.recommendations.rows.iter().filter(|row| row.change.is_none_or(|change| change != 0)).count();
    shell.status(
        "Buffers",
        format!("{} of {} to change", changes, count(night.recommendations.rows.len() as u64, "listing")),
    );
    for check in night.health.checks.iter().filter(|check| !check.holds()) {
        let example = check.example().map_or_else(String::new, |example| format!(", such as {example}"));
        shell.status("Check", format!("{}: {}{example}", check.name, count(check.findings.len() as u64, "finding")));
    }
    for problem in night.pnl.diagnostics.iter().chain(&night.wanted.diagnostics) {
        shell.diagnostic(problem);
    }
    let report = shop.settings.reports.join("index.html");
    shell.status("Reported", format!("{} as of {} in {seconds:.1} s", report.display(), shop.as_of));
}
