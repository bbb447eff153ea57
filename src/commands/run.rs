//! `trueup run`: the night's work.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use super::night::Night;
use super::shop::Shop;
use super::{ExitStatus, ingest, missing, pages, publish};
use crate::buffer::Recommendations;
use crate::cli;
use crate::config::Settings;
use crate::error::{Diagnostic, Result};
use crate::health::{self, Check, Exception, ExceptionKind, Outcome};
use crate::lake::Lake;
use crate::ledger::Pools;
use crate::pnl::{LINES, Pnl, Statement};
use crate::publish::Verdict;
use crate::report::OVERSELL_DAYS;
use crate::shell::{Shell, count};
use crate::types::{Currency, Money};

/// Reads the exports, works everything out and writes the report.
pub(super) fn run(project: &Path, options: &cli::Run, patience: Duration, shell: &Shell) -> Result<ExitStatus> {
    let start = Instant::now();
    let settings = Settings::read(project)?;
    // Held until the report stands: it must not mix with that of another run.
    let lake = Lake::open(&settings.lake)?.hold("trueup run", patience)?;
    Verdict::take_back(lake.root())?;
    let published = publish::holdbacks(&publish::folder(&settings, None))?;
    let read = ingest::read_exports(&settings, &lake, false, shell)?;
    let read_seconds = start.elapsed().as_secs_f64();
    let shop = Shop::at(settings, &read.snapshot, options.as_of)?;
    let night = Night::work(&shop, &published)?;
    let timings = [vec![("ingest".to_owned(), read_seconds)], night.desk.timings.clone()].concat();
    pages::write(&shop, &night, &read, &timings)?;
    tell(&shop, &night, start.elapsed().as_secs_f64(), shell);
    let reasons = [ingest::reasons(&read, options.strict), night.reasons(&shop)].concat();
    let status = if reasons.is_empty() { ExitStatus::Fine } else { ExitStatus::SaysNo };
    Verdict::new(read.snapshot.version(), read.snapshot.run(), shop.as_of, reasons).leave(lake.root())?;
    Ok(status)
}

fn tell(shop: &Shop, night: &Night, seconds: f64, shell: &Shell) {
    let currency = shop.settings.shop.currency;
    tell_unknown(night, currency, shell);
    let newest = night.pnl.by_channel.keys().map(|(month, _)| *month).max();
    if let Some(month) = newest {
        let of_month = night.pnl.by_channel.iter().filter(|((of, _), _)| *of == month);
        let statements: Vec<&Statement> = of_month.map(|(_, statement)| statement).collect();
        shell.status("Contribution", format!("{month}: {}; {}", earned(&statements, currency), losing(&night.pnl)));
    }
    shell.status("Stock", stock(shop, night));
    shell.status("Buffers", buffers(&night.recommendations));
    tell_checks(&night.health.checks, shell);
    shell.status("Exceptions", exceptions(&night.health.exceptions));
    let known = night.pnl.diagnostics.iter().filter(|problem| !health::is_unknown_money(problem));
    for problem in shop.left_out.iter().chain(&shop.set_aside).chain(known).chain(&night.wanted.diagnostics) {
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

/// How many listings lose money; where no sale has a known cost, nobody knows.
fn losing(pnl: &Pnl) -> String {
    let is_judged = pnl.recent.values().any(|statement| statement.units > 0 && statement.contribution().is_some());
    match (pnl.losing.len(), is_judged || pnl.recent.is_empty()) {
        (0, false) => "which listings lose money is unknown".to_owned(),
        (losing, _) => format!("{} losing money", count(losing as u64, "listing")),
    }
}

/// What keeps the figures below from being the whole truth: money that is not known, with the amount and
/// what decides it, and sources that stopped coming.
fn tell_unknown(night: &Night, currency: Currency, shell: &Shell) {
    for problem in health::ranked(&night.pnl.diagnostics, currency) {
        let amount = problem.amount.map(|(amount, currency)| format!("concerns {amount} {currency}"));
        let key = problem.key.map(|key| format!("decided by `{key}`"));
        shell.diagnostic(&problem.clone().details(amount.into_iter().chain(key).collect()));
    }
    for source in night.health.freshness.iter().filter(|source| source.is_stale()) {
        let age = count(u64::from(source.age_days.unsigned_abs()), "day");
        shell.status("Stale", format!("{}: newest {}, {age} before this report", source.name(), source.newest));
    }
}

/// How many listings are out of sync, and what was oversold; of what was not read nothing is said.
fn stock(shop: &Shop, night: &Night) -> String {
    let drifts = &night.stock.drifts;
    let drift = match drifts.compared {
        0 => "no listing compared".to_owned(),
        compared => format!("{} of {} out of sync", drifts.found.len(), count(compared as u64, "listing")),
    };
    let own = match drifts.own_book {
        0 => String::new(),
        listings => format!(", {listings} are the book themselves"),
    };
    // the same days as on the page
    let from = shop.as_of.plus(1 - OVERSELL_DAYS);
    let zone = shop.settings.shop.time_zone;
    let recent = night.stock.ledger.oversells().iter().filter(|one| one.ordered_at.day_in(zone) >= from);
    let oversold: i64 = recent.map(|one| one.units).sum();
    match shop.marts.is_empty("stock_movements") {
        true => format!("{drift}{own}; oversells unknown without stock movements"),
        false => format!("{drift}{own}; {} oversold in the last {OVERSELL_DAYS} days", count(oversold as u64, "unit")),
    }
}

/// How many numbers should change, and how many of these a person should see first.
fn buffers(recommendations: &Recommendations) -> String {
    let rows = &recommendations.rows;
    let changes = rows.iter().filter(|row| row.is_change()).count();
    let review = rows.iter().filter(|row| row.needs_review()).count();
    let first = rows.iter().filter(|row| row.is_change() && row.change.is_none()).count();
    let all = count(rows.len() as u64, "listing");
    match (review, first) {
        // the same as on the page
        _ if rows.iter().all(|row| row.listed_quantity.is_none()) => {
            "unknown, as no listing could be judged".to_owned()
        }
        (0, _) => format!("{changes} of {all} to change"),
        (review, 0) => format!("{changes} of {all} to change, {review} for a person to approve"),
        (review, first) => {
            format!("{changes} of {all} to change, {review} for a person to look at: {first} have no number yet")
        }
    }
}

fn tell_checks(checks: &[Check], shell: &Shell) {
    for check in checks.iter().filter(|check| check.has_failed()) {
        let example = check.example().map_or_else(String::new, |example| format!(", such as {example}"));
        shell.status("Check", format!("{}: {}{example}", check.name, count(check.findings.len() as u64, "row")));
    }
    let of = |outcome: Outcome| checks.iter().filter(|check| check.outcome() == outcome).count();
    let (passed, idle) = (of(Outcome::Passed), of(Outcome::NotApplicable));
    let (applicable, rest) = match idle {
        0 => ("", String::new()),
        _ => (" applicable", format!("; {idle} not applicable (no data)")),
    };
    shell.status("Checks", format!("{passed} of {}{applicable} passed{rest}", checks.len() - idle));
}

/// How many things need a person, and how many of these are money that is not known.
fn exceptions(found: &[Exception]) -> String {
    let unknown = found.iter().filter(|one| one.kind == ExceptionKind::UnknownMoney).count();
    let need = if found.len() == 1 { "needs" } else { "need" };
    match (found.len(), unknown) {
        (0, _) => "nothing needs a person, as far as there is data".to_owned(),
        (all, 0) => format!("{all} {need} a person; `alerts.csv` has all"),
        (all, unknown) => format!("{all} {need} a person, {unknown} for money that is not known; `alerts.csv` has all"),
    }
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
            "set `pool = \"{pool}\"` under each `[channel.NAME]` that sells it; where it is part of another pool, \
             `words = {{ location = {{ \"{pool}\" = \"main\" }} }}` under the mapping of its file says so"
        );
        Diagnostic::warning("idle-pool", format!("stock lies in `{pool}`, and no channel draws on that pool"))
            .hint(hint)
    });
    told.collect()
}

/// What the channels contributed together, `~` where it holds estimated fees. One that is unknown makes
/// the sum unknown; then what is known of it stands beside.
fn earned(statements: &[&Statement], currency: Currency) -> String {
    let said = |amount: Option<Money>| amount.map_or_else(|| "unknown".to_owned(), |sum| format!("{sum} {currency}"));
    let sales: Option<Money> = statements.iter().map(|statement| statement.net_sales()).sum();
    let contribution: Option<Money> = statements.iter().map(|statement| statement.contribution()).sum();
    let has_cost = |statement: &&&Statement| statement.units > statement.units_without_cost;
    let costed: Vec<Money> =
        statements.iter().filter(has_cost).filter_map(|statement| statement.contribution_of_costed()).collect();
    let beside = match contribution {
        None if !costed.is_empty() => {
            format!(", {} {currency} of the SKUs with a known cost", costed.into_iter().sum::<Money>())
        }
        _ => String::new(),
    };
    let about = if contribution.is_some() && statements.iter().any(|one| holds_estimate(one)) { "~" } else { "" };
    format!("{about}{} from {} net sales{beside}", said(contribution), said(sales))
}

/// True where fees of the schedule stand in for settled ones.
fn holds_estimate(statement: &Statement) -> bool {
    let estimated = LINES.iter().filter(|line| line.estimated.is_some()).map(|line| statement.estimated(line.column));
    estimated.flatten().any(|part| !part.is_zero())
}
