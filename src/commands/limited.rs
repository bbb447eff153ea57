//! How long, and in how much memory, may a query work? The engine stops for nobody, so that the program ends
//! instead: a query only reads, and whatever it keeps for the next one appears whole or not at all.

use std::fs;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::config::QueryLimits;
use crate::error::{Diagnostic, Result};
use crate::query::ASK_FOR_LESS;
use crate::shell::{count, thousands};

/// Between two looks at the time and the memory.
const LOOK: Duration = Duration::from_millis(10);

/// Does the work on a thread of its own. Where that takes too much, the thread is left behind: the caller
/// is to say so and end the program.
///
/// # Errors
/// As `work`; `query-too-long` and `query-too-large` with the key that allows more.
pub(super) fn within<T: Send + 'static>(
    limits: QueryLimits,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (done, answer) = mpsc::channel();
    // Nobody waits for it any more where sending fails.
    let worker = thread::Builder::new().spawn(move || drop(done.send(work())));
    let worker =
        worker.map_err(|error| Diagnostic::error("engine", format!("no thread to answer the query: {error}")))?;
    let begun = Instant::now();
    let most_megabytes = limits.megabytes.or_else(|| memory_of_machine().map(|megabytes| megabytes / 2));
    loop {
        match answer.recv_timeout(LOOK) {
            Ok(answer) => return answer,
            Err(RecvTimeoutError::Disconnected) => match worker.join() {
                Err(panic) => resume_unwind(panic),
                Ok(()) => unreachable!("a thread that ends has sent its answer"),
            },
            Err(RecvTimeoutError::Timeout) => may_go_on(begun, limits.seconds, most_megabytes)?,
        }
    }
}

fn may_go_on(begun: Instant, seconds: u64, most_megabytes: Option<u64>) -> Result<()> {
    if begun.elapsed() >= Duration::from_secs(seconds) {
        let message = format!("the query has no answer after {}, which is its limit", count(seconds, "second"));
        return Err(given_up("query-too-long", message, "seconds", seconds));
    }
    let held = most_megabytes.zip(memory_held());
    let Some((most, _)) = held.filter(|(most, held)| held > most) else { return Ok(()) };
    let message = format!("the query takes more than {} MB of memory, which is its limit", thousands(most));
    Err(given_up("query-too-large", message, "megabytes", most))
}

fn given_up(code: &'static str, message: String, key: &str, limit: u64) -> Box<Diagnostic> {
    let hint = format!("{ASK_FOR_LESS}; or set `{key} = {}` under `[query]` in `trueup.toml`", limit.saturating_mul(2));
    Diagnostic::error(code, message).hint(hint).into()
}

/// Megabytes that the program holds, where the system tells.
fn memory_held() -> Option<u64> {
    megabytes("/proc/self/status", "VmRSS:")
}

/// Megabytes of the machine, or of the part of it that the program may use.
fn memory_of_machine() -> Option<u64> {
    const GROUPS: [&str; 2] = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    let bytes = |file: &str| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    let groups = GROUPS.iter().filter_map(|file| bytes(file)).map(|bytes| bytes / 1_000_000);
    groups.chain(megabytes("/proc/meminfo", "MemTotal:")).min()
}

/// What the system calls kB are 1,024 bytes.
fn megabytes(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let told = text.lines().find_map(|line| line.strip_prefix(name))?;
    told.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|number| number * 1_024 / 1_000_000)
}
