//! What does the shop's README say? What is in it, and everything that was planted.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::error::{Diagnostic, Result};
use crate::sample::abroad;
use crate::sample::faults::Fault;

/// Writes it, with the faults and the meanings that were planted.
pub(crate) fn write(folder: &Path, faults: &[Fault]) -> Result<()> {
    let mut text = README.to_owned();
    for fault in faults {
        let _ = writeln!(text, "| `{}` | {} | {} |", fault.file, fault.what, fault.expected);
    }
    text.push_str(MEANINGS);
    for (file, of, means) in abroad::meanings() {
        let _ = writeln!(text, "| `{file}` | {of} | {means} |");
    }
    let path = folder.join("README.md");
    fs::write(&path, text).map_err(|error| Box::new(Diagnostic::io("write", &path, &error)))
}

const README: &str = "\
# Harbor & Hearth, a made-up shop

Home and beauty, 60 articles and a few bundles on four channels, 180 days up to 2026-02-28. `trueup sample` wrote
everything here from a seed; nothing is real. Buyers order what a channel shows, channels hear of every change late,
and so the oversells happened by themselves, most of them in the flash sales on TikTok. Three small channels abroad have a
few orders that were laid by hand, because they mean something else than they look.

* `trueup.toml`: the settings
* `exports/<channel>/`: what the channels export, in their own layouts
* `exports/truth/`: what the source of truth wrote down
* `truth/`: what a run should find

| file in `truth/` | what it holds |
|---|---|
| `totals.csv` | by channel: order lines in the exports as simulated; units and gross of those neither cancelled nor shipped for another channel |
| `oversells.csv` | order lines that took units that were not there |
| `drift_causes.csv` | the gaps at the last report of 2026-02-28 23:00, by cause; every other listing agrees |
| `losing_skus.csv` | what loses money on a channel in the last 90 days, and the line that tips it; nothing else does |
| `breaches.csv` | prices away from the anchor |
| `demand_rates.csv` | mean units per day that buyers wanted, before stock and listings said no |
| `meanings.csv` | all that the statement says of the channels abroad, fees by order aside; `wanted` is their demand in units |
| `order_differences.csv` | the orders whose documents disagree |

## Planted faults

They were added by hand after the simulation, so `truth/` does not count them.

| file | what is wrong | what trueup says |
|---|---|---|
";

const MEANINGS: &str = "
## Orders that mean something else than they look

`truth/meanings.csv` counts them.

| file | order | what it means |
|---|---|---|
";
