//! Forecasts of any file of series: `unique_id, ds, y`, without a shop around it.
//!
//! Goes in: a CSV or Parquet file. Comes out: the mean of every step, quantiles of the sum over each
//! number of steps, and how forecasts from past steps did. For a shop's own lake there is `forecast`.

mod calendar;
mod collector;
mod csv_file;
mod ends;
mod gaps;
mod launch;
mod leave_out;
mod measure;
mod missing;
mod parquet_file;
mod stride;
mod table;
mod unknown;

use std::path::Path;
use std::time::Instant;

pub use calendar::Frequency;
pub use ends::{EarlyEnds, Stray, Until};
pub use launch::{Launch, Launches};
pub use missing::{FarOff, MissingSteps, Span, WorstSeries};
pub use unknown::BlankRows;

use super::LEVELS;
use super::engine::{EngineOptions, SeriesSet, forecast as engine_forecast};
use crate::error::{Diagnostic, Result};
use crate::lake::Rows;
use calendar::Position;
use collector::{Collector, Gapped, Gathering, LONGEST, Reading};
use gaps::Judgement;

/// The columns that a file of series is read by; it has the first three.
const COLUMNS: [&str; 5] = ["unique_id", "ds", "y", "stockout_hours", "open_hours"];

/// What to forecast of a file of series.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesOptions {
    /// Steps to forecast one by one.
    pub horizon: usize,
    /// Numbers of steps whose sum is wanted.
    pub lead_times: Vec<usize>,
    /// Levels of the quantiles, each inside 0 and 1.
    pub levels: Vec<f64>,
    /// Steps in a season; the frequency's own if not given: 7 days, 12 months, 4 quarters, 24 hours, else 1.
    pub season: Option<usize>,
    /// How far apart the steps are; days if not given, as far as the file agrees.
    pub frequency: Option<Frequency>,
    /// From where series are forecast that end before the newest step of a file of dates; if not given, from
    /// the step after it where the file lists only what was sold, else from their own end.
    pub until: Option<Until>,
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
            until: None,
            backtest: Vec::new(),
            backtest_series: 1_000,
        }
    }
}

/// The answer for a file of series.
#[derive(Clone, Debug)]
pub struct SeriesOutput {
    /// `unique_id, ds, mean`: one row for each step.
    pub forecast: Rows,
    /// `unique_id, steps, mean` and one column per level, `p50`, `p975`: one row for each lead time, of the
    /// sum over so many steps.
    pub lead_time_demand: Rows,
    /// Per origin: `origin, series, rmsse, mase, smape, wape, bias, spl, coverage_…`; empty without
    /// origins.
    pub accuracy: Rows,
    /// How many series were forecast.
    pub series: usize,
    /// How many values were read.
    pub values: usize,
    /// The steps between them for which none was; `None` where no step was missing.
    pub missing: Option<MissingSteps>,
    /// Rows without a value, if there are any.
    pub blanks: Option<BlankRows>,
    /// Names of series without any value, which have no forecast.
    pub empty: Vec<String>,
    /// Series that end before the newest step of the file, if there are any.
    pub early_ends: Option<EarlyEnds>,
    /// The series that goes on so far after all others that it was not taken for the file's end.
    pub stray: Option<Stray>,
    /// Series whose zeros before their launch are left out, if there are any.
    pub launches: Option<Launches>,
    /// Columns of the file that nothing is read from.
    pub unused: Vec<String>,
    /// Wall seconds of choosing models and forecasting, without reading and writing.
    pub model_seconds: f64,
}

/// Series ready to be forecast: steps that nobody knows left out, censored steps raised.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loaded {
    /// Names, in the order of the file's first mention.
    pub(crate) names: Vec<String>,
    /// The first step to forecast of each series.
    pub(crate) nexts: Vec<Position>,
    /// The values.
    pub(crate) set: SeriesSet,
    /// What was left out before the launch of some of them.
    launches: Vec<Launch>,
}

/// Forecasts every series of a CSV or Parquet file (told by its name's end) with the columns
/// `unique_id`, `ds` (a date, an instant or a whole number) and `y`; `stockout_hours` with `open_hours`
/// (24 if not given) mark steps whose `y` is a lower bound. A step without a row is 0 where the file shows
/// that nothing was sold then, and else left out; [`SeriesOutput::missing`] tells how many. A step whose
/// `y` is empty, `NA`, `NaN` or `null` is left out.
///
/// # Errors
/// A file that cannot be read or lacks a column, a cell that is no number or date, a step that comes
/// twice, no value at all, rows that are regularly further apart than days while no frequency is given,
/// options out of range.
pub fn forecast_series(path: &Path, options: &SeriesOptions) -> Result<SeriesOutput> {
    check(options)?;
    let frequency = options.frequency.unwrap_or_default();
    let season = options.season.unwrap_or(frequency.season());
    let (mut gathering, unused) = gather(path, options)?;
    let ends = ends::find(&gathering, options.until, frequency);
    let judgements = gaps::judge(&gathering, &ends, frequency);
    let missing = missing::summarise(&gathering, &judgements, frequency);
    let blanks = unknown::summarise(&gathering, &ends, frequency);
    let early_ends = ends::summarise(&gathering, &ends, &judgements, frequency);
    let stray = ends::stray(&gathering, &ends, frequency);
    let values = gathering.series.iter().map(Gapped::known).sum();
    let empty = std::mem::take(&mut gathering.empty);
    let loaded = load(gathering, &judgements, season, frequency);
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
        blanks,
        empty,
        early_ends,
        stray,
        launches: launch::summarise(&loaded.launches),
        unused,
        model_seconds,
    })
}

/// The series of a file, and the names of its other columns.
fn gather(path: &Path, options: &SeriesOptions) -> Result<(Gathering, Vec<String>)> {
    let mut collector = Collector::new(options.frequency);
    let unused = match path.extension().and_then(|end| end.to_str()) {
        Some("parquet") => parquet_file::read(path, &mut collector)?,
        _ => csv_file::read(path, &mut collector)?,
    };
    let gathering = collector.finish(path)?;
    if gathering.series.is_empty() && !gathering.empty.is_empty() {
        let message = "no row of the file has a value in `y`";
        let hint = "fill `y` up to the last step that is known; the steps after it are forecast";
        return Err(Diagnostic::error("series-empty", message).in_file(path).hint(hint).into());
    }
    fits(path, &gathering.names, options)?;
    if options.frequency.is_none() {
        stride::refuse_other_stride(path, &gathering)?;
    }
    Ok((gathering, unused))
}

fn load(gathering: Gathering, judgements: &[Judgement], season: usize, frequency: Frequency) -> Loaded {
    let mut loaded = Loaded { names: gathering.names, ..Loaded::default() };
    for (index, (mut series, judged)) in gathering.series.into_iter().zip(judgements).enumerate() {
        let mut unknown = judged.unknown.clone();
        unknown.extend(leave_out::append(&mut series, &judged.tail, season, frequency));
        let zeros = launch::zeros_before(&series.values, &unknown);
        if zeros > 0 {
            leave_out::cut_front(&mut series, &mut unknown, zeros);
            loaded.launches.push(Launch::of(&loaded.names[index], zeros, series.first, frequency));
        }
        let next = series.next;
        let values = leave_out::leave_out(series, &unknown, season);
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
