//! `trueup forecast`: any series, so that anyone can hold the forecast against another on their data.

use std::time::Instant;

use super::ExitStatus;
use crate::cli::{self, Step};
use crate::error::Result;
use crate::forecast::{Frequency, SeriesOptions, forecast_series};
use crate::report::{Folder, Page, csv};
use crate::shell::{Shell, thousands};

/// Forecasts every series of a file and writes the tables.
pub(super) fn forecast(options: &cli::Forecast, shell: &Shell) -> Result<ExitStatus> {
    let start = Instant::now();
    let series = SeriesOptions {
        horizon: options.horizon,
        lead_times: options.lead_times.clone(),
        levels: options.levels.clone(),
        season: options.season,
        frequency: match options.freq {
            Step::D => Frequency::Daily,
            Step::W => Frequency::Weekly,
            Step::M => Frequency::Monthly,
            Step::H => Frequency::Hourly,
        },
        backtest: options.backtest.clone(),
        ..SeriesOptions::default()
    };
    let output = forecast_series(&options.series, &series)?;
    let mut pages = Vec::new();
    for (name, rows) in
        [("forecast", &output.forecast), ("lead_time_demand", &output.lead_time_demand), ("accuracy", &output.accuracy)]
    {
        pages.push(Page { name: format!("{name}.csv"), bytes: csv::write(rows, csv::Reader::Program)? });
        pages.push(Page { name: format!("{name}.parquet"), bytes: csv::write_parquet(rows)? });
    }
    Folder::at(&options.out).replace(&pages)?;
    let values = thousands(output.values as u64);
    let seconds = start.elapsed().as_secs_f64();
    let all = format!("{} series", thousands(output.series as u64));
    let models = output.model_seconds;
    let tables = options.out.display();
    shell.status(
        "Forecast",
        format!("{all}, {values} values in {seconds:.1} s, {models:.2} s of them in models; tables in {tables}"),
    );
    Ok(ExitStatus::Fine)
}
