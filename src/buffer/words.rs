//! Numbers as a person writes them in a sentence.

/// A quantity with as many decimals as it needs: `52`, `2.5`, `0.02`.
pub(super) fn quantity(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 0.1 => 1,
        size if size >= 0.01 => 2,
        _ => 3,
    };
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// A share as a percentage: `99 %`, `0.5 %`.
pub(super) fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A length of time: `45 seconds`, `42 minutes`, `4 hours`.
pub(super) fn duration(seconds: f64) -> String {
    let (value, unit) = match seconds {
        seconds if seconds < 90.0 => (seconds.round(), "second"),
        seconds if seconds < 3.0 * 3600.0 => ((seconds / 6.0).round() / 10.0, "minute"),
        seconds => ((seconds / 360.0).round() / 10.0, "hour"),
    };
    let number = quantity(value);
    if number == "1" { format!("1 {unit}") } else { format!("{number} {unit}s") }
}

/// `1 unit`, `2 units`.
pub(super) fn units(count: i64) -> String {
    if count == 1 { "1 unit".to_owned() } else { format!("{count} units") }
}

/// `1 day`, `2 days`.
pub(super) fn days(count: i64) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}

/// A text that somebody wrote, as part of a sentence: on one line, without its full stops, not long.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 80;
    let plain: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line = words.join(" ").replace(". ", "; ").replace('`', "'");
    let line = line.trim_end_matches(['.', ';', ' ']);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn what_people_write_fits_into_a_sentence() {
        assert_eq!(one_line("Recount\r\n on Monday. Then again."), "Recount on Monday; Then again");
        assert_eq!(one_line("\u{1b}[31m`red`"), "[31m'red'");
        assert_eq!(one_line(&"ab ".repeat(60)).chars().count(), 81);
    }
}
