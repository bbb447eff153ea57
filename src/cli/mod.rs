//! What was asked? The command line as types; nothing is done here.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::builder::styling::{AnsiColor, Effects, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::publish::Rail;
use crate::types::{Channel, Day, Sku};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "Exit codes: 0 fine · 1 ran, and a check or an alert says no · 2 could not run · \
                          75 another run is at work on the project";

/// Profit to the cent, drift with its cause, demand as a distribution, and what to hold back: from
/// the files that every channel exports.
#[derive(Debug, Parser)]
#[command(version, styles = STYLES, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Arguments {
    /// The project folder: where `trueup.toml` lies
    #[arg(short, long, global = true, value_name = "FOLDER", default_value = ".")]
    pub project: PathBuf,
    /// When to colour messages; `NO_COLOR` is kept
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// How long to wait for another run of the project to finish, instead of leaving at once with 75
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// When to colour messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Even into a file.
    Always,
    /// Not at all.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a project: a folder with settings to fill in and a place for exports
    Init(Init),
    /// Read the exports into the lake
    Ingest(Ingest),
    /// The night's work: read the exports, then profit, drift, forecast, buffers and the report
    Run(Run),
    /// Read settings and exports without writing anything, and say what a run would refuse or reject
    Check,
    /// Print a table of the lake, or run one of trueup's queries or your own SQL over it
    Query(Query),
    /// How a listing's buffer came about, with every figure's source
    Explain(Explain),
    /// Forecast any series: a CSV or Parquet file of `unique_id, ds, y`
    Forecast(Forecast),
    /// Hand the buffers to the live system; shows the plan first
    Publish(Publish),
    /// Check every file of the lake against its manifest
    Verify,
    /// Work the book examples and show that they come out
    Selftest,
    /// Write a made-up shop with real export layouts
    Sample(Sample),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// `trueup init`
#[derive(Debug, Args)]
pub struct Init {
    /// The folder to start in
    #[arg(default_value = ".")]
    pub folder: PathBuf,
}

/// `trueup ingest`
#[derive(Debug, Args)]
pub struct Ingest {
    /// Say how this one file is understood; nothing is written
    #[arg(long, value_name = "FILE")]
    pub explain: Option<PathBuf>,
    /// With `--explain`: propose a layout for this table, such as `order_lines`
    #[arg(long, value_name = "NAME", requires = "explain")]
    pub table: Option<String>,
    /// List the tables that files and mappings can fill, or the columns of one and the words they
    /// know; nothing is read
    #[arg(long, value_name = "TABLE", num_args = 0..=1, default_missing_value = "", conflicts_with = "explain")]
    pub columns: Option<String>,
    /// Make the lake anew from the exports that are there now, as the settings are now: after a mapping
    /// was corrected or a file taken back
    #[arg(long, conflicts_with_all = ["explain", "columns"])]
    pub afresh: bool,
    /// Exit with 1 if any row is rejected, also by an earlier run
    #[arg(long)]
    pub strict: bool,
}

/// `trueup run`
#[derive(Debug, Args)]
pub struct Run {
    /// The day to report on; default: `as-of` in the settings, else the day of the newest order, or of
    /// the last stock count at most three days from it
    #[arg(long, value_name = "DAY")]
    pub as_of: Option<Day>,
    /// Exit with 1 if any row is rejected, also by an earlier run
    #[arg(long)]
    pub strict: bool,
}

/// `trueup query`
#[derive(Debug, Args)]
pub struct Query {
    /// The name of a query or of a table, a file of SQL, or SQL itself; without one, the queries are listed
    #[arg(value_name = "NAME|FILE.sql")]
    pub query: Option<String>,
    /// Print the SQL instead of running it
    #[arg(long)]
    pub show: bool,
}

/// `trueup explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// The SKU
    #[arg(value_parser = |text: &str| Ok::<_, std::convert::Infallible>(Sku::new(text)))]
    pub sku: Sku,
    /// Only this channel
    #[arg(long, value_parser = |text: &str| Ok::<_, std::convert::Infallible>(Channel::new(text)))]
    pub channel: Option<Channel>,
}

/// `trueup forecast`
#[derive(Debug, Args)]
#[command(after_long_help = FORECAST_FILES)]
pub struct Forecast {
    /// CSV or Parquet with the columns `unique_id`, `ds` and `y`
    ///
    /// `ds` is a date, an instant or a whole number; a `y` of `NA`, `NaN` or `null` is a step that nobody
    /// knows. `stockout_hours`, of `open_hours` or 24, mark steps that could have sold more. No other column is
    /// used.
    pub series: PathBuf,
    /// Steps to forecast
    #[arg(long, default_value_t = 28)]
    pub horizon: usize,
    /// Numbers of steps whose summed demand is wanted
    #[arg(long, value_delimiter = ',', default_value = "7,14,28", value_name = "STEPS")]
    pub lead_times: Vec<usize>,
    /// Levels of the quantiles of these sums
    #[arg(long, visible_alias = "quantiles", value_delimiter = ',', default_value = "0.5,0.8,0.9,0.95,0.975,0.99")]
    pub levels: Vec<f64>,
    /// Steps in a season; default by frequency: 7 days, 12 months, 4 quarters or 24 hours
    #[arg(long)]
    pub season: Option<usize>,
    /// How far apart the steps are; days if not given, and refused where the file shows otherwise
    #[arg(long, value_enum, ignore_case = true)]
    pub freq: Option<Step>,
    /// From where series are forecast that end before the file's newest date; default: `newest` where the file
    /// lists only what was sold, else `own`
    #[arg(long, value_enum, value_name = "END")]
    pub until: Option<End>,
    /// Hold back so many steps at the end and report how the forecast did; several with commas
    #[arg(long, value_delimiter = ',', value_name = "ORIGINS")]
    pub backtest: Vec<usize>,
    /// Where the tables go
    #[arg(long, value_name = "FOLDER", default_value = "forecast")]
    pub out: PathBuf,
}

const FORECAST_FILES: &str = "\
Files, each as CSV and as Parquet:
  forecast          unique_id, ds, mean: a row for each step, as other tools' evaluators read it
  lead_time_demand  unique_id, steps, mean, p50, p80 …: a row for each lead time, the quantiles of the sum over
                    so many steps; sums of one step are those of the first step alone
  accuracy          with --backtest: how good forecasts from past steps would have been";

/// How far apart the steps of a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Hours.
    H,
    /// Days.
    D,
    /// Weeks.
    W,
    /// Months.
    M,
    /// Quarters of a year.
    Q,
    /// Years.
    Y,
}

/// From where a series is forecast that ends before others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum End {
    /// From the step after its own last row.
    Own,
    /// From the step after the file's newest; what nobody knows before is left out.
    Newest,
}

/// `trueup publish`
#[derive(Debug, Args)]
pub struct Publish {
    /// Do it; without this the plan is shown
    #[arg(long)]
    pub yes: bool,
    /// Publish although the plan breaks these safety rails, and no others; several with commas
    #[arg(long, value_name = "RAIL", value_enum, value_delimiter = ',', requires_all = ["who", "why"])]
    pub force: Vec<Rail>,
    /// Publish the large changes of these SKUs that wait for a person, or `all` of them
    #[arg(long, value_name = "SKU", value_delimiter = ',', value_parser = said)]
    pub approve: Vec<String>,
    /// Who gives the word; stands in `publications.csv`
    #[arg(long, value_name = "NAME", value_parser = said)]
    pub who: Option<String>,
    /// Why; stands in `publications.csv`
    #[arg(long, value_name = "TEXT", value_parser = said)]
    pub why: Option<String>,
    /// Where the live system looks; default: `buffers` in the project folder
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

impl ValueEnum for Rail {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::FORCEABLE
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()).help(self.purpose()))
    }
}

/// A text with something in it, on one line.
fn said(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("it says nothing"),
        text if text.contains(char::is_control) => Err("it must stand on one line, without control characters"),
        text => Ok(text.to_owned()),
    }
}

/// `trueup sample`
#[derive(Debug, Args)]
pub struct Sample {
    /// The folder to write; must not exist or be empty
    pub folder: PathBuf,
    /// Order lines over all channels, about
    #[arg(long, default_value_t = 10_000)]
    pub orders: u64,
    /// Products
    #[arg(long, default_value_t = 60)]
    pub skus: u32,
    /// Channels, 2 to 5
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(2..=5))]
    pub channels: u8,
    /// Days of history
    #[arg(long, default_value_t = 180)]
    pub days: u32,
    /// The seed; the same seed gives the same shop
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The last day of the history
    #[arg(long, default_value = "2026-02-28")]
    pub as_of: Day,
    /// Plant the faults of `sample-data` as well: broken rows, copies, unknown files
    #[arg(long)]
    pub faults: bool,
}
