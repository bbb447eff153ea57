//! Dates that name their month: `Oct-18-23`, `Nov 9, 2023`, `30-Apr-25`, `10-Dez-25`.

use std::borrow::Cow;

/// The first letters of the months, in English and German.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän"],
    &["feb"],
    &["mar", "mär", "mrz"],
    &["apr"],
    &["may", "mai"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez"],
];

/// The same date with its month as a number, year first; a text without a month's name as it is.
pub(crate) fn numbered(text: &str) -> Cow<'_, str> {
    rewritten(text.trim()).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn rewritten(text: &str) -> Option<String> {
    let (first, rest) = part(text)?;
    let (second, rest) = part(rest.trim_start_matches(MARKS))?;
    let (year, rest) = part(rest.trim_start_matches(MARKS))?;
    let (month, day) = match (month(first), month(second)) {
        (Some(month), None) => (month, second),
        (None, Some(month)) => (month, first),
        _ => return None,
    };
    let is_day = matches!(day.len(), 1 | 2) && digits(day);
    let century = match year.len() {
        2 => "20",
        4 => "",
        _ => return None,
    };
    (is_day && digits(year)).then(|| format!("{century}{year}-{month:02}-{day:0>2}{rest}"))
}

const MARKS: [char; 5] = [' ', ',', '-', '.', '/'];

fn part(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn month(name: &str) -> Option<usize> {
    let start: String = name.chars().take(3).flat_map(char::to_lowercase).collect();
    let letters = name.chars().all(char::is_alphabetic);
    MONTHS.iter().position(|names| letters && names.contains(&start.as_str())).map(|place| place + 1)
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn months_become_numbers() {
        for (text, expected) in [
            ("Oct-18-23", "2023-10-18"),
            ("Nov 9, 2023", "2023-11-09"),
            ("October 31, 2025", "2025-10-31"),
            ("30-Apr-25", "2025-04-30"),
            ("10-Dez-25", "2025-12-10"),
            ("3. März 2026", "2026-03-03"),
            ("Jun-29-26 16:00:01 PDT", "2026-06-29 16:00:01 PDT"),
            ("01.10.2025", "01.10.2025"),
            ("08/14/25", "08/14/25"),
            ("Smarch 1, 2026", "Smarch 1, 2026"),
            ("Nov 9", "Nov 9"),
        ] {
            assert_eq!(numbered(text), expected);
        }
    }
}
