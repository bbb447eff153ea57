//! What does `trueup forecast` say of a file that is not whole? What is missing, what stands for it, and what
//! to type if that is wrong.

use crate::error::Diagnostic;
use crate::forecast::{BlankRows, EarlyEnds, MissingSteps, SeriesOutput, Span, Stray};
use crate::shell::{count, list, thousands};

/// Names in one message.
const MOST_NAMES: usize = 8;

/// Every warning of a file, what is wrong with its columns first.
pub(super) fn all(output: &SeriesOutput) -> Vec<Diagnostic> {
    let far_off = output.missing.as_ref().and_then(|missing| missing.far_off.as_ref());
    let stray = output.stray.as_ref().filter(|stray| far_off.is_none_or(|far| far.name != stray.name));
    let warnings = [
        (!output.unused.is_empty()).then(|| unused_columns(&output.unused)),
        output.missing.as_ref().map(steps_without_rows),
        output.blanks.as_ref().map(rows_without_value),
        (!output.empty.is_empty()).then(|| series_without_value(&output.empty)),
        stray.map(far_after_all),
        output.early_ends.as_ref().map(early_ends),
    ];
    warnings.into_iter().flatten().collect()
}

/// `1 series`, `1,204 series`.
fn series(number: usize) -> String {
    format!("{} series", thousands(number as u64))
}

fn one_or_more(number: usize, one: &'static str, more: &'static str) -> &'static str {
    if number == 1 { one } else { more }
}

/// The first names, and how many others there are.
fn names(all: &[String]) -> String {
    match all.len().checked_sub(MOST_NAMES) {
        None | Some(0) => list(all, "and"),
        Some(others) => {
            let first: Vec<String> = all[..MOST_NAMES].iter().map(|name| format!("`{name}`")).collect();
            format!("{} and {others} others", first.join(", "))
        }
    }
}

fn unused_columns(columns: &[String]) -> Diagnostic {
    let are = one_or_more(columns.len(), "is", "are");
    let message = format!("{} {are} not used: only `y` and its own past are forecast from", names(columns));
    Diagnostic::warning("series-columns", message).hint(
        "write `NA` in `y` where a promotion or an event made a step unlike the others; `stockout_hours`, of \
         `open_hours`, is used",
    )
}

/// How many steps had no row, and what stands for them.
fn steps_without_rows(missing: &MissingSteps) -> Diagnostic {
    let MissingSteps { noun, worst, .. } = missing;
    let steps = |number: usize| count(number as u64, noun);
    let of = |missing: usize, all: usize| format!("{} of {}", thousands(missing as u64), steps(all));
    let span = |span: &Span| match span.steps {
        1 => span.from.clone(),
        _ => format!("{} to {}", span.from, span.to),
    };
    let gap = &worst.gap;
    let mut details = vec![format!(
        "missing most in {}: `{}`, {}; its longest gap is {}: {}",
        series(missing.series),
        worst.name,
        of(worst.missing, worst.steps),
        steps(gap.steps),
        span(gap)
    )];
    let taken = [
        (missing.closed, "taken as 0: the series has next to no rows on such steps, closed then"),
        (missing.not_sold, "taken as 0: the file lists only what was sold"),
        (
            missing.unknown,
            "unknown and not taken as 0: whole seasons are left out, the rest repeats the season before; a row of 0 \
             says that nothing was sold",
        ),
    ];
    details
        .extend(taken.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", steps(*count))));
    let have = if missing.missing == 1 { "has" } else { "have" };
    let message = format!("{} {have} no row", of(missing.missing, missing.steps));
    let warning = Diagnostic::warning("series-gaps", message).details(details);
    let Some(far) = &missing.far_off else { return warning };
    warning.hint(format!(
        "was a year typed wrong? {} of `{}`, {}, {} {} from the others",
        count(far.rows as u64, "row"),
        far.name,
        span(&far.span),
        if far.rows == 1 { "is" } else { "are" },
        steps(far.gap.steps),
    ))
}

/// Rows that say that nobody knows their value.
fn rows_without_value(blanks: &BlankRows) -> Diagnostic {
    let rows = |number: usize| count(number as u64, "row");
    let message = format!("{} {} no value in `y`", rows(blanks.rows), one_or_more(blanks.rows, "has", "have"));
    let mut details = vec![format!("most in {}: `{}`, {}", series(blanks.series), blanks.most, rows(blanks.most_rows))];
    let taken = [
        (blanks.before, "before the first value of a series, left out"),
        (blanks.unknown, "unknown and not taken as 0: whole seasons are left out, the rest repeats the season before"),
        (blanks.after, "after the newest value of the file: forecast"),
    ];
    let taken = taken.iter().filter(|(number, _)| *number > 0);
    details.extend(taken.map(|(number, what)| format!("{} {what}", count(*number as u64, blanks.noun))));
    Diagnostic::warning("series-blanks", message).details(details).hint("where nothing was sold, write `0`")
}

/// Series whose rows all say that nobody knows.
fn series_without_value(empty: &[String]) -> Diagnostic {
    let have = one_or_more(empty.len(), "has", "have");
    let message = format!("{} {have} no value in `y`, and no forecast: {}", series(empty.len()), names(empty));
    Diagnostic::warning("series-empty", message)
}

/// One series far after all others.
fn far_after_all(stray: &Stray) -> Diagnostic {
    let message = format!("`{}` has a row on {}, long after every other series", stray.name, stray.last);
    Diagnostic::warning("series-stray", message)
        .details(vec!["it is not taken for the newest date of the file".to_owned()])
        .hint("was a year typed wrong? correct `ds`, or forecast the series in a file of its own")
}

/// Series that end before others do.
fn early_ends(ends: &EarlyEnds) -> Diagnostic {
    let EarlyEnds { newest, .. } = ends;
    let end = one_or_more(ends.series, "ends", "end");
    let of = ends.newest_of.as_ref().map_or(String::new(), |name| format!(" of `{name}`"));
    let message = format!("{} {end} before {newest}, the newest {} of the file{of}", series(ends.series), ends.noun);
    let mut details = vec![format!("the first to end is `{}`, on {}", ends.earliest, ends.earliest_end)];
    let taken = [
        (ends.closed, "taken as 0 up to then, with next to no rows on such steps: closed"),
        (ends.not_sold, "taken as 0 up to then, as the file lists only what was sold"),
        (ends.unknown, "forecast from the step after it; what was sold up to then is unknown, and not taken as 0"),
        (ends.own, "each forecast from its own end, as nothing says what was sold later"),
    ];
    let taken = taken.iter().filter(|(number, _)| *number > 0);
    details.extend(taken.map(|(number, what)| format!("{}: {what}", series(*number))));
    let zeros = format!("add rows of 0 up to {newest} where nothing was sold");
    let hint = match (ends.own, ends.unknown) {
        (0, 0) => "`--until own` forecasts each from its own end, as if nobody knew what was sold later".to_owned(),
        (0, _) => zeros,
        _ => format!("{zeros}; `--until newest` forecasts all from the step after it"),
    };
    Diagnostic::warning("series-ends", message).details(details).hint(hint)
}
