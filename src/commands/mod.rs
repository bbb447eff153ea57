//! In which order? One file, one command; the work happens below.

mod check;
mod columns;
mod explain;
mod explain_export;
mod forecast;
mod forecast_warnings;
mod ingest;
pub mod init;
mod limited;
mod missing;
mod night;
mod pages;
mod publish;
mod query;
mod run;
mod sample;
pub mod selftest;
mod shop;
mod verify;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory;

use crate::cli::{Arguments, Color, Command};
use crate::error::Result;
use crate::shell::{Colour, Shell};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: fine.
    Fine,
    /// 1: ran, and a check, a strict reject or an alert says no.
    SaysNo,
    /// 2: could not run.
    CannotRun,
    /// 75: another run is at work on the project, or was while this one read.
    Busy,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Fine => Self::from(0),
            ExitStatus::SaysNo => Self::from(1),
            ExitStatus::CannotRun => Self::from(2),
            ExitStatus::Busy => Self::from(75),
        }
    }
}

/// Does what was asked and says how it went.
pub fn execute(arguments: &Arguments) -> ExitStatus {
    let colour = match arguments.color {
        Color::Auto => Colour::Auto,
        Color::Always => Colour::Always,
        Color::Never => Colour::Never,
    };
    let shell = Shell::new(colour, arguments.quiet);
    command(arguments, &shell).unwrap_or_else(|problem| {
        shell.diagnostic(&problem);
        if matches!(problem.code, "busy" | "lake-changed") { ExitStatus::Busy } else { ExitStatus::CannotRun }
    })
}

fn command(arguments: &Arguments, shell: &Shell) -> Result<ExitStatus> {
    let project: &Path = &arguments.project;
    let patience = Duration::from_secs(arguments.wait);
    match &arguments.command {
        Command::Init(options) => init::init(&options.folder, shell),
        Command::Verify => verify::verify(project, shell),
        Command::Completions { shell: kind } => completions(*kind, shell),
        Command::Man => manual(shell),
        Command::Ingest(options) => match (&options.explain, &options.columns) {
            (Some(file), _) => {
                explain_export::explain_export(project, file, options.table.as_deref(), options.strict, shell)
            }
            (None, Some(table)) => columns::columns(table, shell),
            (None, None) => ingest::ingest(project, options, patience, shell),
        },
        Command::Run(options) => run::run(project, options, patience, shell),
        Command::Check => check::check(project, shell),
        Command::Query(options) => query::query(project, options, shell),
        Command::Explain(options) => explain::explain(project, options, shell),
        Command::Publish(options) => publish::publish(project, options, patience, shell),
        Command::Selftest => selftest::selftest(shell),
        Command::Sample(options) => sample::sample(options, shell),
        Command::Forecast(options) => forecast::forecast(options, shell),
    }
}

fn completions(kind: clap_complete::Shell, shell: &Shell) -> Result<ExitStatus> {
    let mut script = Vec::new();
    clap_complete::generate(kind, &mut Arguments::command(), "trueup", &mut script);
    shell.data(&script).map(|()| ExitStatus::Fine)
}

fn manual(shell: &Shell) -> Result<ExitStatus> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page).expect("a vector takes every byte");
    shell.data(&page).map(|()| ExitStatus::Fine)
}
