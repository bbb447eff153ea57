//! `trueup run`: the night's work.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use super::night::Night;
use super::shop::Shop;
use super::{ExitStatus, ingest, missing, pages, publish};
use crate::cli;
use crate::config::Settings;
use crate::error::{Diagnostic, Result};
use crate::ledger::Pools;
use crate::pnl::Statement;
use crate::shell::{Shell, count};
use crate::types::{Currency, Money};

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
    pages::write(&shop, &night, &read, &timings)?;
    tell(&shop, &night, start.elapsed().as_secs_f64(), shell);
    Ok(if night.says_no(&shop) { ExitStatus::SaysNo } else { ingest::status(&read, options.strict) })
}

fn tell(shop: &Shop, night: &Night, seconds: f64, shell: &Shell) {
    let currency = shop.settings.shop.currency;
    let newest = night.pnl.by_channel.keys().map(|(month, _)| *month).max();
    if let Some(month) = newest {
        let of_month = night.pnl.by_channel.iter().filter(|((of, _), _)| *of == month);
        let statements: Vec<&Statement> = of_month.map(|(_, statement)| statement).collect();
        let losing = count(night.pnl.losing.len() as u64, "listing");
        shell.status("Contribution", format!("{month}: {}; {losing} losing money", earned(&statements, currency)));
    }
    let drifts = &night.stock.drifts;
    let oversold: i64 = night.stock.ledger.oversells().iter().map(|oversell| oversell.units).sum();
    let off = count(drifts.found.len() as u64, "listing");
    let own = match drifts.own_book {
        0 => String::new(),
        listings => format!(", {listings} are the book themselves"),
    };
    shell.status(
        "Stock",
        format!(
            "{off} off of {} compared{own}; {} oversold in the history",
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
    for problem in shop.left_out.iter().chain(&night.pnl.diagnostics).chain(&night.wanted.diagnostics) {
        shell.diagnostic(problem);
    }
    for problem in night.outcomes.messages().iter().chain(&missing::all(night, &shop.settings)) {
        shell.diagnostic(problem);
    }
    for problem in idle_pools(&shop.settings, stocked(night)) {
        shell.diagnostic(&problem);
    }
    let report = shop.settings.reports.join("index.html");
    shell.status("Reported", format!("{} as of {} in {seconds:.1} s", report.display(), shop.as_of));
}

/// The pools that hold stock.
fn stocked(night: &Night) -> BTreeSet<String> {
    let accounts = night.stock.ledger.accounts();
    let held = accounts.filter(|(_, _, account)| account.latest.is_some_and(|counts| counts.on_hand > 0));
    held.map(|(_, pool, _)| pool.to_owned()).collect()
}

/// Pools with stock on which no channel draws: nothing of it counts as available anywhere.
pub(super) fn idle_pools(settings: &Settings, stocked: BTreeSet<String>) -> Vec<Diagnostic> {
    let pools = Pools::of_settings(settings);
    let idle = stocked.into_iter().filter(|pool| pools.drawing_on(pool).next().is_none());
    let told = idle.map(|pool| {
        let hint = format!(
            "set `pool = \"{pool}\"` under each `[channel.NAME]` that sells it, or write the pool that it belongs to as \
             its location"
        );
        Diagnostic::warning("idle-pool", format!("stock lies in `{pool}`, and no channel draws on that pool")).hint(hint)
    });
    told.collect()
}

/// What the channels contributed together. One that is unknown makes the sum unknown; then what is
/// known of it stands beside.
fn earned(statements: &[&Statement], currency: Currency) -> String {
    let said = |amount: Option<Money>| amount.map_or_else(|| "unknown".to_owned(), |sum| format!("{sum} {currency}"));
    let sales: Option<Money> = statements.iter().map(|statement| statement.net_sales()).sum();
    let contribution: Option<Money> = statements.iter().map(|statement| statement.contribution()).sum();
    let costed: Vec<Money> = statements.iter().filter_map(|statement| statement.contribution_of_costed()).collect();
    let beside = match contribution {
        None if !costed.is_empty() => {
            format!(", {} {currency} of the SKUs with a known cost", costed.into_iter().sum::<Money>())
        }
        _ => String::new(),
    };
    format!("{} from {} net sales{beside}", said(contribution), said(sales))
}
