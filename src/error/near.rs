//! Which known name was meant by one that is not known?

/// The known name that is at most two letters away, and less than half of the word; the first of the
/// nearest.
pub(crate) fn near<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let known = known.filter(|name| name.chars().count().abs_diff(length) <= 2);
    let far = |name: &str| distance(&word, &name.to_lowercase());
    let nearest = known.map(|name| (far(name), name)).min_by_key(|(far, _)| *far)?;
    (nearest.0 <= 2 && nearest.0 * 2 < length).then_some(nearest.1)
}

/// How many letters must be put in, left out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = place + 1;
        for (column, wanted) in other.iter().enumerate() {
            let changed = before + usize::from(letter != *wanted);
            before = row[column + 1];
            row[column + 1] = changed.min(before + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::near;

    #[test]
    fn a_slip_of_the_hand_is_understood_and_another_word_is_not() {
        let near = |word: &str| near(word, ["shopify", "amazon", "eu"].into_iter());
        assert_eq!(near("Shopfy"), Some("shopify"));
        assert_eq!(near("amzaon"), Some("amazon"));
        assert_eq!(near("ebay"), None);
        assert_eq!(near("us"), None);
    }
}
