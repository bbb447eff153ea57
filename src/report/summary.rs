//! What does the run say to machines? `run.json`, `timings.json` and `metrics.prom`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::figures::Figures;
use super::night::{CheckOutcome, LeftOut, Night, ReadFile};
use crate::health::Outcome;
use crate::query::Level;
use crate::types::Money;

/// `run.json`: keys sorted, nothing of the clock in it.
pub(crate) fn run_json(night: &Night<'_>) -> Vec<u8> {
    let figures = Figures::of(night);
    let sheets: BTreeMap<String, Value> = night
        .sheets
        .iter()
        .map(|(name, rows)| {
            (format!("{name}.csv"), json!({ "rows": rows.len(), "columns": rows.batch().num_columns() }))
        })
        .collect();
    let document = json!({
        "run": night.run.run,
        "as_of": night.as_of.to_string(),
        "shop": night.shop,
        "currency": night.currency.to_string(),
        "versions": {
            "trueup": night.run.version,
            "policy": night.run.policy_version,
            "lake": night.run.lake_version,
        },
        "history": night.run.history.map(|(from, until)| json!({ "from": from.to_string(), "until": until.to_string() })),
        "inputs": night.files.iter().map(input).collect::<Vec<_>>(),
        "refused": left_out(night, true),
        "ignored": left_out(night, false),
        "rows": rows(night.files),
        "book": night.run.stand_ins.iter().map(|(pool, channel, at)| json!({
            "pool": pool, "counted_by": channel.as_str(), "counted_at": at.to_string(),
        })).collect::<Vec<_>>(),
        "lake_rows": night.run.lake_rows.iter().cloned().collect::<BTreeMap<_, _>>(),
        "sheets": sheets,
        "totals": totals(&figures),
        "checks": night.checks.iter().map(check).collect::<Vec<_>>(),
        "notes": night.run.notes,
    });
    pretty(&document)
}

/// `timings.json`: seconds per step and per query, apart from all that must not change on a second
/// run.
pub(crate) fn timings_json(night: &Night<'_>) -> Vec<u8> {
    let seconds = |of: &str, timings: &[(String, f64)]| -> Vec<Value> {
        timings.iter().map(|(name, seconds)| json!({ of: name, "seconds": seconds })).collect()
    };
    let (steps, queries) = (seconds("step", night.timings), seconds("query", night.query_timings));
    pretty(&json!({ "run": night.run.run, "steps": steps, "queries": queries }))
}

fn pretty(document: &Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(document).expect("a document of texts and numbers");
    bytes.push(b'\n');
    bytes
}

fn input(file: &ReadFile) -> Value {
    json!({
        "path": file.path,
        "channel": file.channel,
        "kind": file.kind,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "read": file.read,
        "accepted": file.accepted,
        "rejected": file.rejected,
        "duplicate": file.duplicate,
    })
}

fn left_out(night: &Night<'_>, is_refused: bool) -> Vec<Value> {
    let one = |file: &LeftOut| {
        json!({
            "path": file.path,
            "code": file.code,
            "line": file.line,
            "reason": file.reason,
            "hint": file.hint,
        })
    };
    night.left_out.iter().filter(|file| file.is_refused == is_refused).map(one).collect()
}

fn rows(files: &[ReadFile]) -> Value {
    let sum = |count: fn(&ReadFile) -> u64| files.iter().map(count).sum::<u64>();
    json!({
        "read": sum(|file| file.read),
        "accepted": sum(|file| file.accepted),
        "rejected": sum(|file| file.rejected),
        "duplicate": sum(|file| file.duplicate),
    })
}

fn check(check: &CheckOutcome) -> Value {
    json!({
        "name": check.name,
        "level": check.level.word(),
        "outcome": check.outcome.word(),
        "lacking": check.lacking,
        "offending_rows": check.offending_rows,
    })
}

fn totals(figures: &Figures) -> Value {
    let amount = |amount: Option<Money>| amount.map(|amount| amount.to_string());
    json!({
        "month": figures.month,
        "net_sales": amount(figures.net_sales),
        "contribution": amount(figures.contribution),
        "oversold_units": figures.oversold_units,
        "oversold_orders": figures.oversold_orders,
        "drifting_listings": figures.drifting_listings,
        "drift_alerts": figures.drift_alerts,
        "buffers_to_change": figures.buffers_to_change,
        "alerts": figures.alerts,
        "money_at_risk": amount(figures.money_at_risk),
        "unknown_amounts": figures.unknowns,
        "stale_sources": figures.stale_sources,
    })
}

/// `metrics.prom`: OpenMetrics text, gauges only, since each night stands for itself.
pub(crate) fn metrics(night: &Night<'_>) -> Vec<u8> {
    let figures = Figures::of(night);
    let mut text = String::new();
    let sum = |count: fn(&ReadFile) -> u64| night.files.iter().map(count).sum::<u64>() as f64;
    let failing = |level: Level| {
        let broken = |check: &&CheckOutcome| check.level == level && check.outcome == Outcome::Failed;
        night.checks.iter().filter(broken).count() as f64
    };
    let idle = night.checks.iter().filter(|check| check.outcome == Outcome::NotApplicable).count() as f64;
    let as_of = night.as_of.start_utc().seconds() as f64;
    gauge(&mut text, "as_of_timestamp_seconds", "Start of the day the reports stand on.", &[("", Some(as_of))]);
    let rows = [
        ("{result=\"accepted\"}", Some(sum(|file| file.accepted))),
        ("{result=\"rejected\"}", Some(sum(|file| file.rejected))),
        ("{result=\"duplicate\"}", Some(sum(|file| file.duplicate))),
    ];
    gauge(&mut text, "rows", "Rows read from exports, by what became of them.", &rows);
    let left_out = |is_refused: bool| night.left_out.iter().filter(|file| file.is_refused == is_refused).count() as f64;
    let files = [("{result=\"refused\"}", Some(left_out(true))), ("{result=\"ignored\"}", Some(left_out(false)))];
    gauge(&mut text, "files_left_out", "Files under the exports' folder of which nothing was read.", &files);
    let checks = [("{level=\"error\"}", Some(failing(Level::Error))), ("{level=\"warn\"}", Some(failing(Level::Warn)))];
    gauge(&mut text, "checks_failing", "Checks that failed.", &checks);
    gauge(&mut text, "checks_not_applicable", "Checks that had no data to judge.", &[("", Some(idle))]);
    let money = |amount: Option<Money>| amount.map(Money::to_f64);
    let count = |count: Option<usize>| count.map(|count| count as f64);
    let plain: [(&str, &str, Option<f64>); 9] = [
        ("net_sales", "Net sales of the newest month, in the shop's currency.", money(figures.net_sales)),
        ("contribution", "Contribution of the newest month, in the shop's currency.", money(figures.contribution)),
        (
            "oversold_units",
            "Units sold that were not there, 30 days.",
            figures.oversold_units.map(|units| units as f64),
        ),
        ("drifting_listings", "Listings whose count differs from the book.", count(figures.drifting_listings)),
        ("drift_alerts", "Listings whose difference is above the alert line.", count(figures.drift_alerts)),
        ("buffers_to_change", "Buffers whose number should change.", count(figures.buffers_to_change)),
        ("alerts", "Exceptions that need a person.", Some(figures.alerts as f64)),
        ("money_at_risk", "Money in these exceptions, in the shop's currency.", money(figures.money_at_risk)),
        ("unknown_amounts", "Reasons why figures lack money or may hold it wrongly.", Some(figures.unknowns as f64)),
    ];
    for (name, help, value) in plain {
        gauge(&mut text, name, help, &[("", value)]);
    }
    channels(&mut text, night);
    newest_records(&mut text, night);
    text.push_str("# EOF\n");
    text.into_bytes()
}

fn channels(text: &mut String, night: &Night<'_>) {
    let sheet = night.sheet("sync_latency");
    let label = |row| {
        format!("{{channel=\"{}\",class=\"{}\"}}", escape(sheet.text(row, "channel")), escape(sheet.text(row, "class")))
    };
    for (name, column, help) in [
        ("sync_latency_p95_seconds", "p95_s", "Time from a change at the source to the channel, 95th percentile."),
        ("sync_uptime_ratio", "uptime", "Share of sync events that arrived."),
    ] {
        let series: Vec<(String, Option<f64>)> =
            sheet.rows().map(|row| (label(row), sheet.number(row, column))).collect();
        let series: Vec<(&str, Option<f64>)> = series.iter().map(|(label, value)| (label.as_str(), *value)).collect();
        gauge(text, name, help, &series);
    }
}

/// When each source last had a record.
fn newest_records(text: &mut String, night: &Night<'_>) {
    let sheet = night.sheet("freshness");
    let series: Vec<(String, Option<f64>)> = sheet
        .rows()
        .map(|row| {
            let name = escape(sheet.text(row, "source"));
            let labels = match sheet.text(row, "channel") {
                "" => format!("{{source=\"{name}\"}}"),
                channel => format!("{{source=\"{name}\",channel=\"{}\"}}", escape(channel)),
            };
            let newest = sheet.column("newest").day(row).map(|day| day.start_in(night.zone).seconds() as f64);
            (labels, newest)
        })
        .collect();
    let series: Vec<(&str, Option<f64>)> = series.iter().map(|(label, value)| (label.as_str(), *value)).collect();
    gauge(text, "newest_record_timestamp_seconds", "Start of the newest day with a record, by source.", &series);
}

/// One family; an unknown value has no sample, and a family without samples is left out.
fn gauge(text: &mut String, name: &str, help: &str, samples: &[(&str, Option<f64>)]) {
    if samples.iter().all(|(_, value)| value.is_none()) {
        return;
    }
    writeln!(text, "# TYPE trueup_{name} gauge\n# HELP trueup_{name} {help}").expect("a string takes every line");
    for (labels, value) in samples.iter().filter_map(|(labels, value)| value.map(|value| (labels, value))) {
        writeln!(text, "trueup_{name}{labels} {value}").expect("a string takes every line");
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
