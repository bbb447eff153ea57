//! The program: a table of contents.

use std::process::ExitCode;

use clap::Parser;
use trueup::cli::Arguments;
use trueup::{commands, shell};

fn main() -> ExitCode {
    shell::keep_to_the_group();
    let arguments = Arguments::parse();
    commands::execute(&arguments).into()
}
