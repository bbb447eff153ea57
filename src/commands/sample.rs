//! `trueup sample`: a made-up shop of any size.

use super::ExitStatus;
use crate::cli;
use crate::error::Result;
use crate::sample::{self, Size};
use crate::shell::{Shell, thousands};

/// Writes the shop and says how large it became.
pub(super) fn sample(options: &cli::Sample, shell: &Shell) -> Result<ExitStatus> {
    let size = Size {
        orders: options.orders,
        skus: options.skus,
        channels: options.channels,
        days: options.days,
        seed: options.seed,
        as_of: options.as_of,
    };
    let progress = shell.progress("Simulating", u64::from(options.days));
    let written = sample::write(&options.folder, &size, &mut |done, total| {
        progress.step(&format!("day {done} of {total}"));
    })?;
    drop(progress);
    if options.faults {
        for fault in sample::plant_faults(&options.folder)? {
            shell.status("Planted", format!("{}: {}", fault.file, fault.what));
        }
    }
    let lines = thousands(written.order_lines);
    shell.status(
        "Written",
        format!("{}: {lines} order lines; `truth/` says what was planted", options.folder.display()),
    );
    shell.status("Next", format!("trueup run --project {}", options.folder.display()));
    Ok(ExitStatus::Fine)
}
