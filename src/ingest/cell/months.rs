//! Dates and times with the month's name, as some channels write them: `Oct-18-23`, `Jun 8, 2025 10:23:05 PM PDT`,
//! `1 juil. 2026 00:00:16 UTC`, `02-Sep-2026 14:22:10 IST`, `10:23 p.m.`.

use std::borrow::Cow;

/// How the names of the months start, in English, German, French, Italian and Spanish.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "gen", "ene"],
    &["feb", "fév"],
    &["mar", "mär", "mrz"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];

/// The same with the month as a number, year first, and AM or PM in capitals; a text without either
/// as it is.
pub(crate) fn numbered(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let dated = with_number(text).map_or(Cow::Borrowed(text), Cow::Owned);
    let half = [("a.m.", "AM"), ("p.m.", "PM"), ("a. m.", "AM"), ("p. m.", "PM")];
    match half.iter().find(|(said, _)| dated.contains(said)) {
        Some((said, meant)) => Cow::Owned(dated.replace(said, meant)),
        None => dated,
    }
}

fn with_number(text: &str) -> Option<String> {
    let (first, rest) = word(without_weekday(text))?;
    let (second, rest) = word(rest)?;
    let (third, rest) = word(rest)?;
    let (month, day, year) = match (month(first), month(second)) {
        (Some(month), None) => (month, second, third),
        (None, Some(month)) if first.len() == 4 => (month, third, first),
        (None, Some(month)) => (month, first, third),
        _ => return None,
    };
    let century = match year.len() {
        2 => "20",
        4 => "",
        _ => return None,
    };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_day = matches!(day.len(), 1 | 2) && is_number(day);
    (is_day && is_number(year)).then(|| format!("{century}{year}-{month:02}-{day:0>2}{rest}"))
}

/// `Wed, 15 Jan 2025` without the name of its day, which says nothing that the date does not.
fn without_weekday(text: &str) -> &str {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let is_day = |name: &str| name.get(..3).is_some_and(|start| DAYS.contains(&start.to_lowercase().as_str()));
    match word(text) {
        Some((name, rest)) if is_day(name) && month(name).is_none() => rest,
        _ => text,
    }
}

/// The word that a text starts with after marks, and the rest.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches([' ', ',', '-', '.', '/', '\u{a0}', '\u{202f}']);
    let end = text.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn month(name: &str) -> Option<usize> {
    if !name.chars().all(char::is_alphabetic) {
        return None;
    }
    let name = name.to_lowercase();
    MONTHS.iter().position(|starts| starts.iter().any(|start| name.starts_with(start))).map(|place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn months_of_five_languages_become_numbers() {
        for (text, expected) in [
            ("Jun 8, 2025 10:23:05 PM PDT", "2025-06-08 10:23:05 PM PDT"),
            ("Jun. 8, 2025 10:23:05 p.m. PDT", "2025-06-08 10:23:05 PM PDT"),
            ("1 juil. 2026 00:00:16 UTC", "2026-07-01 00:00:16 UTC"),
            ("1 juin 2026 00:00:16 UTC", "2026-06-01 00:00:16 UTC"),
            ("2 ago 2026 1:00:16 UTC", "2026-08-02 1:00:16 UTC"),
            ("3 gen 2026 1:00:16 UTC", "2026-01-03 1:00:16 UTC"),
            ("02-Sep-2026 14:22:10 IST", "2026-09-02 14:22:10 IST"),
            ("01.01.2026 00:00:16 UTC", "01.01.2026 00:00:16 UTC"),
            ("27/06/2026 10:00:00", "27/06/2026 10:00:00"),
            ("Foo 1, 2026", "Foo 1, 2026"),
            ("Oct-18-23", "2023-10-18"),
            ("Nov 9, 2023", "2023-11-09"),
            ("October 31, 2025", "2025-10-31"),
            ("30-Apr-25", "2025-04-30"),
            ("10-Dez-25", "2025-12-10"),
            ("3. März 2026", "2026-03-03"),
            ("Jun-29-26 16:00:01 PDT", "2026-06-29 16:00:01 PDT"),
            ("08/14/25", "08/14/25"),
            ("Smarch 1, 2026", "Smarch 1, 2026"),
            ("Nov 9", "Nov 9"),
            ("2026-Feb-03 08:00", "2026-02-03 08:00"),
            ("Tuesday, 3 Feb 2026", "2026-02-03"),
        ] {
            assert_eq!(numbered(text), expected);
        }
    }
}
