//! Counting and listing in messages.

/// `1 row`, `2 rows`, `8,240 rows`.
///
/// ```
/// use trueup::shell::count;
/// assert_eq!([count(1, "row"), count(8240, "row")], ["1 row", "8,240 rows"]);
/// assert_eq!(count(2, "entry"), "2 entries");
/// ```
pub fn count(number: u64, noun: &str) -> String {
    let ending = match noun.strip_suffix('y') {
        _ if number == 1 => return format!("1 {noun}"),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    };
    format!("{} {ending}", thousands(number))
}

/// `1`, `8,240`, `1,048,576`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Choices in a sentence: `` `a` ``, `` `a` or `b` ``, `` `a`, `b` or `c` ``.
///
/// ```
/// assert_eq!(trueup::shell::list(&["a", "b", "c"], "or"), "`a`, `b` or `c`");
/// ```
pub fn list<T: AsRef<str>>(words: &[T], conjunction: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {conjunction} {last}", rest.join(", ")),
    }
}
