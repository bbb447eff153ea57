//! Forecasts of any file of series: `unique_id, ds, y`, without a shop around it.
//!
//! Goes in: a CSV or Parquet file. Comes out: the mean of every step, quantiles of the sum over each
//! number of steps, and how forecasts from past steps did. For a shop's own lake there is `forecast`.

mod calendar;
mod collector;
mod csv_file;
mod gaps;
mod leave_out;
mod measure;
mod missing;
mod parquet_file;
mod stride;
mod table;

use std::path::Path;
use std::time::Instant;

pub use calendar::Frequency;
pub use missing::{FarOff, MissingSteps, Span, WorstSeries};

use super::LEVELS;
use super::engine::{EngineOptions, SeriesSet, forecast as engine_forecast};
use crate::error::{Diagnostic, Result};
use crate::lake::Rows;
use calendar::Position;
use collector::{Collector, Gapped, Gathering, LONGEST, Reading};
use gaps::Judgement;

/// What to forecast of a file of series.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesOptions {
    /// Steps to forecast one by one.
    pub horizon: usize,
    /// Numbers of steps whose sum is wanted.
    pub lead_times: Vec<usize>,
    /// Levels of the quantiles, each inside 0 and 1.
    pub levels: Vec<f64>,
    /// Steps in a season; the frequency's own if not given: 7, 1, 12, 24.
    pub season: Option<usize>,
    /// How far apart the steps are; days if not given, as far as the file agrees.
    pub frequency: Option<Frequency>,
    /// Steps held out at the end, one origin each, whose forecasts are measured.
    pub backtest: Vec<usize>,
    /// Most series to backtest when models are chosen, per band of history length.
    pub backtest_series: usize,
}

impl Default for SeriesOptions {
    fn default() -> Self {
        Self {
            horizon: 28,
            lead_times: vec![7, 14, 28],
            levels: LEVELS.to_vec(),
            season: None,
            frequency: None,
            backtest: Vec::new(),
            backtest_series: 1_000,
        }
    }
}

/// The answer for a file of series.
#[derive(Clone, Debug)]
pub struct SeriesOutput {
    /// `unique_id, ds, mean`.
    pub forecast: Rows,
    /// `unique_id, steps, mean` and one column per level: `p50`, `p975`.
    pub lead_time_demand: Rows,
    /// Per origin: `origin, series, rmsse, mase, smape, wape, bias, spl, coverage_…`; empty without
    /// origins.
    pub accuracy: Rows,
    /// How many series were read.
    pub series: usize,
    /// How many values were read.
    pub values: usize,
    /// The steps between them for which none was; `None` where no step was missing.
    pub missing: Option<MissingSteps>,
    /// Wall seconds of choosing models and forecasting, without reading and writing.
    pub model_seconds: f64,
}

/// Series ready to be forecast: steps that nobody knows left out, censored steps raised.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loaded {
    /// Names, in the order of the file's first mention.
    pub(crate) names: Vec<String>,
    /// The step after each series' last row.
    pub(crate) nexts: Vec<Position>,
    /// The values.
    pub(crate) set: SeriesSet,
}

/// Forecasts every series of a CSV or Parquet file (told by its name's end) with the columns
/// `unique_id`, `ds` (a date, an instant or a whole number) and `y`; `stockout_hours` with `open_hours`
/// (24 if not given) mark steps whose `y` is a lower bound. A step without a row is 0 where the file shows
/// that nothing was sold then, and else left out; [`SeriesOutput::missing`] tells how many.
///
/// # Errors
/// A file that cannot be read or lacks a column, a cell that is no number or date, a step that comes
/// twice, rows that are regularly further apart than days while no frequency is given, options out of
/// range.
pub fn forecast_series(path: &Path, options: &SeriesOptions) -> Result<SeriesOutput> {
    check(options)?;
    let frequency = options.frequency.unwrap_or_default();
    let season = options.season.unwrap_or(frequency.season());
    let mut collector = Collector::new(options.frequency);
    match path.extension().and_then(|end| end.to_str()) {
        Some("parquet") => parquet_file::read(path, &mut collector)?,
        _ => csv_file::read(path, &mut collector)?,
    }
    let gathering = collector.finish(path)?;
    fits(path, &gathering.names, options)?;
    if options.frequency.is_none() {
        stride::refuse_other_stride(path, &gathering)?;
    }
    let judgements = gaps::judge(&gathering, frequency);
    let missing = missing::summarise(&gathering, &judgements, frequency);
    let values = gathering.series.iter().map(Gapped::rows).sum();
    let loaded = load(gathering, &judgements, season);
    let engine = engine_options(options, season);
    let accuracy = measure::measure(&loaded.set, &engine, &options.backtest);
    let start = Instant::now();
    let answer = engine_forecast(&loaded.set, &engine);
    let model_seconds = start.elapsed().as_secs_f64();
    Ok(SeriesOutput {
        forecast: table::forecast(&loaded, &answer, &engine, frequency, options.horizon)?,
        lead_time_demand: table::lead_time_demand(&loaded, &answer, &engine)?,
        accuracy: table::accuracy(&accuracy, &engine)?,
        series: loaded.set.len(),
        values,
        missing,
        model_seconds,
    })
}

fn load(gathering: Gathering, judgements: &[Judgement], season: usize) -> Loaded {
    let mut loaded = Loaded { names: gathering.names, ..Loaded::default() };
    for (series, judged) in gathering.series.into_iter().zip(judgements) {
        let next = series.next;
        let values = leave_out::leave_out(series, &judged.unknown, season);
        // Steps were left out by whole seasons, and clocks are those of the last row.
        let since_start = (values.len() % season) as u32;
        let phase = (next.phase(season) + season as u32 - since_start) % season as u32;
        loaded.set.push(values, phase);
        loaded.nexts.push(next);
    }
    loaded
}

/// Steps that are looked ahead, or in a season: more than a year of hours.
const FARTHEST: usize = 10_000;
/// Numbers in one list of options.
const LONGEST_LIST: usize = 100;
/// Levels nearer to 0 or 1 have no name of their own in the tables.
const FINEST_LEVEL: f64 = 0.000_001;
/// Bytes of names and rows that the tables may come to, so that a large file with a far horizon is told
/// before it fills the memory.
const TABLE_BYTES: usize = 1 << 30;

fn check(options: &SeriesOptions) -> Result<()> {
    let inside = |level: &f64| (FINEST_LEVEL..=1.0 - FINEST_LEVEL).contains(level);
    let refused = |code, message: String, hint: &str| Err(Diagnostic::error(code, message).hint(hint).into());
    if options.levels.is_empty() || !options.levels.iter().all(inside) {
        let message = "a quantile's level lies between 0 and 1, at least a millionth from both";
        return refused("forecast-levels", message.to_owned(), "`--levels 0.5,0.9,0.99`");
    }
    let lists = [options.levels.len(), options.lead_times.len(), options.backtest.len()];
    if lists.into_iter().any(|length| length > LONGEST_LIST) {
        let message = format!("levels, lead times and origins are {LONGEST_LIST} or fewer each");
        return refused("forecast-options", message, "`--levels 0.5,0.9,0.99 --lead-times 7,14,28`");
    }
    let steps = || options.lead_times.iter().copied().chain([options.horizon, options.season.unwrap_or(1)]);
    if steps().any(|steps| !(1..=FARTHEST).contains(&steps)) {
        let message = format!("horizon, lead times and season are from 1 to {FARTHEST} steps");
        return refused("forecast-steps", message, "`--horizon 28 --lead-times 7,14,28 --season 7`");
    }
    if options.backtest.iter().any(|steps| !(1..=LONGEST).contains(steps)) {
        let message = format!("origins of a backtest lie from 1 to {LONGEST} steps before the end");
        return refused("forecast-steps", message, "`--backtest 28`");
    }
    Ok(())
}

/// Whether the answer for these series is of a size that can be written.
fn fits(path: &Path, names: &[String], options: &SeriesOptions) -> Result<()> {
    let a_row = 32 + 8 * options.levels.len();
    let rows = options.horizon + options.lead_times.len();
    let bytes = names.iter().map(|name| (name.len() + a_row).saturating_mul(rows)).fold(0, usize::saturating_add);
    if bytes <= TABLE_BYTES {
        return Ok(());
    }
    let message =
        format!("{} series with a horizon of {} steps are more than one forecast holds", names.len(), options.horizon);
    let most = (options.horizon / (bytes / TABLE_BYTES + 1)).max(1);
    Err(Diagnostic::error("forecast-size", message)
        .in_file(path)
        .hint(format!("`--horizon {most}`, or cut the file in several by `unique_id`"))
        .into())
}

fn engine_options(options: &SeriesOptions, season: usize) -> EngineOptions {
    let mut days = options.lead_times.clone();
    days.sort_unstable();
    days.dedup();
    let mut levels = options.levels.clone();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let steps = days.iter().copied().max().unwrap_or(0).max(options.horizon);
    EngineOptions {
        season,
        horizon: options.horizon,
        steps,
        days,
        levels,
        backtest_series: options.backtest_series,
        cuts: 4,
    }
}
