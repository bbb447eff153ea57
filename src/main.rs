//! The program: a table of contents.

use std::process::ExitCode;

use clap::Parser;
use trueup::cli::Arguments;
use trueup::commands;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    commands::execute(&arguments).into()
}
