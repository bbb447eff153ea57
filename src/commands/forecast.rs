//! `trueup forecast`: any series, so that anyone can hold the forecast against another on their data.

use std::path::Path;
use std::time::Instant;

use super::{ExitStatus, forecast_warnings};
use crate::cli::{self, End, Step};
use crate::error::Result;
use crate::forecast::{Frequency, Launches, SeriesOptions, Until, forecast_series};
use crate::report::{Folder, Page, csv};
use crate::shell::{Shell, count, list, thousands};

/// Forecasts every series of a file and writes the tables.
pub(super) fn forecast(options: &cli::Forecast, shell: &Shell) -> Result<ExitStatus> {
    let start = Instant::now();
    let series = asked(options);
    let output = forecast_series(&options.series, &series)?;
    for warning in forecast_warnings::all(&output) {
        shell.diagnostic(&warning.in_file(&options.series));
    }
    if let Some(launches) = &output.launches {
        shell.status("Omitted", zeros_before_launch(launches));
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

fn asked(options: &cli::Forecast) -> SeriesOptions {
    SeriesOptions {
        horizon: options.horizon,
        lead_times: options.lead_times.clone(),
        levels: options.levels.clone(),
        season: options.season,
        frequency: options.freq.map(|step| match step {
            Step::H => Frequency::Hourly,
            Step::D => Frequency::Daily,
            Step::W => Frequency::Weekly,
            Step::M => Frequency::Monthly,
            Step::Q => Frequency::Quarterly,
            Step::Y => Frequency::Yearly,
        }),
        until: options.until.map(|end| match end {
            End::Own => Until::Own,
            End::Newest => Until::Newest,
        }),
        backtest: options.backtest.clone(),
        ..SeriesOptions::default()
    }
}

/// How many zeros are left out because nothing was sold yet.
fn zeros_before_launch(launches: &Launches) -> String {
    let longest = &launches.longest;
    let steps = |number: usize| count(number as u64, longest.noun);
    let zeros = format!("{} of zeros before the first sale of {} series", steps(launches.steps), launches.series);
    format!("{zeros}; the most, {}, before {} of `{}`", steps(longest.steps), longest.first_sale, longest.name)
}

/// A folder as it can be typed, told from a mere word.
fn place(folder: &Path) -> String {
    let here = if folder.is_relative() && !folder.starts_with(".") && !folder.starts_with("..") { "./" } else { "" };
    format!("{here}{}/", folder.display().to_string().trim_end_matches('/'))
}
