//! How is it said? One voice, and the only code that prints.
//!
//! Goes in: what was done, what went wrong, data. Comes out: status lines and messages on stderr,
//! data on stdout. Colour never carries meaning alone.

mod message;
mod plain;
mod progress;
mod rights;
mod words;

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

pub use message::draw;
pub use plain::{plain, plain_lines};
pub use progress::Progress;
pub use rights::keep_to_the_group;
pub use words::{count, list, thousands};

use crate::error::{Diagnostic, Result};

/// Columns of a status line's verb.
const VERB_COLUMNS: usize = 12;

const BOLD_GREEN: &str = "\x1b[1m\x1b[32m";
const RESET: &str = "\x1b[0m";

/// Whether to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always, even into a file.
    Always,
    /// Never.
    Never,
}

/// The voice.
#[derive(Clone, Copy, Debug)]
pub struct Shell {
    colour: bool,
    quiet: bool,
    terminal: bool,
}

impl Shell {
    /// A shell; `quiet` leaves out status lines and progress, never warnings and errors.
    pub fn new(colour: Colour, quiet: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let colour = match colour {
            Colour::Auto => terminal && wanted,
            Colour::Always => true,
            Colour::Never => false,
        };
        Self { colour, quiet, terminal }
    }

    /// What was just done: a past-tense verb right-aligned in 12 columns, and what it was done to.
    pub fn status(&self, verb: &str, message: impl Display) {
        if !self.quiet {
            self.say(&status_line(verb, &message.to_string(), self.colour));
        }
    }

    /// A warning or an error with its place, excerpt and hint.
    pub fn diagnostic(&self, diagnostic: &Diagnostic) {
        self.say(&draw(diagnostic, self.colour));
    }

    /// Writes data to stdout: as it is into a file or another program, and to a terminal without what
    /// could steer it. A reader that has left (`| head`) is no error.
    ///
    /// # Errors
    /// If stdout cannot be written for another reason, such as a full disk.
    pub fn data(&self, bytes: &[u8]) -> Result<()> {
        let mut out = io::stdout().lock();
        let shown = out.is_terminal().then(|| plain_lines(&String::from_utf8_lossy(bytes)));
        let bytes = shown.as_ref().map_or(bytes, |text| text.as_bytes());
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Diagnostic::error("stdout", format!("cannot write to the output: {error}")).into())
            }
            _ => Ok(()),
        }
    }

    /// Writes text for a person to stdout, wherever it goes: nobody reads it but on a terminal.
    ///
    /// # Errors
    /// As [`Self::data`].
    pub fn text(&self, text: &str) -> Result<()> {
        self.data(plain_lines(text).as_bytes())
    }

    /// A bar for `steps` steps of work; it shows on a terminal only, after a second, and is gone
    /// when it is dropped.
    pub fn progress(&self, what: &str, steps: u64) -> Progress {
        Progress::new(what, steps, self.terminal && !self.quiet)
    }

    /// Nothing can be said about a stderr that is closed.
    fn say(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// The status line with its end: `    Ingested amazon orders`.
pub fn status_line(verb: &str, message: &str, colour: bool) -> String {
    let message = plain(message);
    if colour {
        format!("{BOLD_GREEN}{verb:>VERB_COLUMNS$}{RESET} {message}\n")
    } else {
        format!("{verb:>VERB_COLUMNS$} {message}\n")
    }
}
