//! Lines of an order that are packed into one cell.

/// Takes `2× Hoodie - Red, No, 1× Beanie` apart: units and name. Names hold commas, so that only a
/// comma with a number and a cross after it starts the next article.
pub(super) fn by_cross(text: &str) -> Option<Vec<(i64, &str)>> {
    let mut starts: Vec<(usize, usize, i64)> = Vec::new();
    for (cross, _) in text.match_indices('×') {
        let before = &text[..cross];
        let start = before.rfind(|letter: char| !letter.is_ascii_digit()).map_or(0, |last| last + 1);
        let begins = start == 0 || before[..start].ends_with(", ");
        if let (true, Ok(units)) = (begins, before[start..].parse()) {
            starts.push((start, cross + '×'.len_utf8(), units));
        }
    }
    if starts.first().is_none_or(|(start, ..)| *start > 0) {
        return None;
    }
    let ends = starts.iter().skip(1).map(|(start, ..)| start - 2).chain([text.len()]);
    Some(starts.iter().zip(ends).map(|((_, name, units), end)| (*units, text[*name..end].trim())).collect())
}

/// Takes `name:Mug|sku:MUG-1|quantity:2;name:…` apart: the pairs of each line. A backslash before a
/// mark takes its meaning.
pub(super) fn by_pipe(text: &str) -> Vec<Vec<(String, String)>> {
    let mut lines = vec![vec![]];
    let (mut key, mut part) = (None, String::new());
    let mut letters = text.chars().chain([';']);
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => part.extend(letters.next()),
            ':' if key.is_none() => key = Some(std::mem::take(&mut part)),
            '|' | ';' => {
                let value = std::mem::take(&mut part);
                if let (Some(key), Some(line)) = (key.take(), lines.last_mut()) {
                    line.push((key.trim().to_owned(), value));
                }
                if letter == ';' {
                    lines.push(vec![]);
                }
            }
            letter => part.push(letter),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_commas() {
        assert_eq!(by_cross("2× Hoodie - Red, No, 1× Beanie"), Some(vec![(2, "Hoodie - Red, No"), (1, "Beanie")]));
        assert_eq!(by_cross("1× Frame 20×30, oak"), Some(vec![(1, "Frame 20×30, oak")]));
        assert_eq!(by_cross("Hoodie"), None);
        assert_eq!(by_cross(""), None);
    }

    #[test]
    fn marks_behind_a_backslash_are_letters() {
        let lines = by_pipe(r"name:Mug\: blue\; big|sku:MUG-1|quantity:2;name:Cup|sku:|quantity:1");
        assert_eq!(lines[0][0], ("name".to_owned(), "Mug: blue; big".to_owned()));
        assert_eq!(
            lines[1],
            [("name", "Cup"), ("sku", ""), ("quantity", "1")].map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
    }
}
