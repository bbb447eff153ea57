//! `trueup forecast`: any series, so that anyone can hold the forecast against another on their data.

use std::path::Path;
use std::time::Instant;

use super::ExitStatus;
use crate::cli::{self, Step};
use crate::error::{Diagnostic, Result};
use crate::forecast::{Frequency, MissingSteps, SeriesOptions, Span, forecast_series};
use crate::report::{Folder, Page, csv};
use crate::shell::{Shell, count, list, thousands};

/// Forecasts every series of a file and writes the tables.
pub(super) fn forecast(options: &cli::Forecast, shell: &Shell) -> Result<ExitStatus> {
    let start = Instant::now();
    let series = SeriesOptions {
        horizon: options.horizon,
        lead_times: options.lead_times.clone(),
        levels: options.levels.clone(),
        season: options.season,
        frequency: options.freq.map(|step| match step {
            Step::D => Frequency::Daily,
            Step::W => Frequency::Weekly,
            Step::M => Frequency::Monthly,
            Step::H => Frequency::Hourly,
        }),
        backtest: options.backtest.clone(),
        ..SeriesOptions::default()
    };
    let output = forecast_series(&options.series, &series)?;
    if let Some(missing) = &output.missing {
        shell.diagnostic(&steps_without_rows(missing).in_file(&options.series));
    }
    let mut tables = vec![("forecast", &output.forecast), ("lead_time_demand", &output.lead_time_demand)];
    if !output.accuracy.is_empty() {
        tables.push(("accuracy", &output.accuracy));
    }
    let mut pages = Vec::new();
    for (name, rows) in &tables {
        pages.push(Page { name: format!("{name}.csv"), bytes: csv::write(rows, csv::Reader::Program)? });
        pages.push(Page { name: format!("{name}.parquet"), bytes: csv::write_parquet(rows)? });
    }
    Folder::at(&options.out).replace(&pages)?;
    let values = thousands(output.values as u64);
    let seconds = start.elapsed().as_secs_f64();
    let all = format!("{} series", thousands(output.series as u64));
    let models = output.model_seconds;
    shell.status("Forecast", format!("{all}, {values} values in {seconds:.1} s, {models:.2} s of them in models"));
    let names: Vec<&str> = tables.iter().map(|(name, _)| *name).collect();
    let more = match options.backtest.as_slice() {
        [] => format!("; `--backtest {}` adds `accuracy`, how good it would have been", options.horizon),
        _ => String::new(),
    };
    let place = place(&options.out);
    shell.status("Wrote", format!("{} as CSV and Parquet to {place}{more}", list(&names, "and")));
    Ok(ExitStatus::Fine)
}

/// How many steps had no row, and what stands for them.
fn steps_without_rows(missing: &MissingSteps) -> Diagnostic {
    let MissingSteps { noun, worst, .. } = missing;
    let steps = |number: usize| count(number as u64, noun);
    let of = |missing: usize, all: usize| format!("{} of {}", thousands(missing as u64), steps(all));
    let span = |span: &Span| match span.steps {
        1 => span.from.clone(),
        _ => format!("{} to {}", span.from, span.to),
    };
    let gap = &worst.gap;
    let series = if missing.series == 1 { "1 series".to_owned() } else { format!("{} series", missing.series) };
    let mut details = vec![format!(
        "missing most in {series}: `{}`, {}; its longest gap is {}: {}",
        worst.name,
        of(worst.missing, worst.steps),
        steps(gap.steps),
        span(gap)
    )];
    let taken = [
        (missing.closed, "taken as 0: the series has next to no rows on such steps, closed then"),
        (missing.not_sold, "taken as 0: the file lists only what was sold"),
        (
            missing.unknown,
            "unknown and not taken as 0: whole seasons are left out, the rest repeats the season before; a row of 0 \
             says that nothing was sold",
        ),
    ];
    details
        .extend(taken.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", steps(*count))));
    let have = if missing.missing == 1 { "has" } else { "have" };
    let message = format!("{} {have} no row", of(missing.missing, missing.steps));
    let warning = Diagnostic::warning("series-gaps", message).details(details);
    let Some(far) = &missing.far_off else { return warning };
    warning.hint(format!(
        "was a year typed wrong? {} of `{}`, {}, {} {} from the others",
        count(far.rows as u64, "row"),
        far.name,
        span(&far.span),
        if far.rows == 1 { "is" } else { "are" },
        steps(far.gap.steps),
    ))
}

/// A folder as it can be typed, told from a mere word.
fn place(folder: &Path) -> String {
    let here = if folder.is_relative() && !folder.starts_with(".") && !folder.starts_with("..") { "./" } else { "" };
    format!("{here}{}/", folder.display().to_string().trim_end_matches('/'))
}
