//! Which line is the header, and which layout has it.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::export::Layout;

/// A header as it is compared: composed letters, lower case, single spaces, one kind of dash and of quotes.
pub(crate) fn normalised(header: &str) -> String {
    let plain: String = header
        .nfc()
        .map(|letter| match letter {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => '"',
            '\u{2018}'..='\u{201b}' => '\'',
            '\u{feff}' | '\u{200b}' => ' ',
            letter if letter.is_whitespace() || letter.is_control() => ' ',
            letter => letter,
        })
        .collect();
    let words: Vec<String> = plain.split(' ').filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

/// A layout found on a line.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Per field of the layout its column.
    pub(crate) columns: Vec<Option<usize>>,
    /// Columns that no field names.
    pub(crate) others: Vec<usize>,
    /// Cells of the header.
    pub(crate) width: usize,
}

/// Why a line is not a layout's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// This header stands twice.
    Duplicate(String),
    /// Headers are missing; so many of those that must be there are.
    Missing { present: usize },
    /// It is another export's.
    Other,
}

/// Holds a line's cells against a layout. `named` tells that the file has the layout's name.
pub(crate) fn hold(cells: &[String], layout: &Layout, named: bool) -> Result<Found, Miss> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, cell) in cells.iter().enumerate() {
        places.entry(cell).or_default().push(place);
    }
    let other_width = layout.width.is_some_and(|width| width != cells.len());
    if other_width || layout.never.iter().any(|header| places.contains_key(header.as_str())) {
        return Err(Miss::Other);
    }
    let mut columns = Vec::with_capacity(layout.fields.len());
    let (mut duplicate, mut present, mut missing) = (None, 0, 0);
    for field in layout.fields.iter() {
        let found = field.headers.iter().find_map(|header| places.get(header.as_str()).map(|places| (header, places)));
        columns.push(found.map(|(_, places)| places[0]));
        match found {
            Some((header, places)) => {
                if places.len() > 1 && duplicate.is_none() {
                    duplicate = Some(header.clone());
                }
                present += usize::from(field.is_required());
            }
            None => missing += usize::from(field.is_required()),
        }
    }
    if let Some(header) = duplicate.filter(|_| present * 2 > layout.required()) {
        return Err(Miss::Duplicate(header));
    }
    if missing > 0 {
        return Err(Miss::Missing { present });
    }
    let others: Vec<usize> = (0..cells.len()).filter(|place| !columns.contains(&Some(*place))).collect();
    if layout.exact && !named && others.iter().any(|place| !cells[*place].is_empty()) {
        return Err(Miss::Other);
    }
    Ok(Found { columns, others, width: cells.len() })
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn spellings_of_one_header_are_one() {
        assert_eq!(normalised(" Final  value fee – fixed\t"), "final value fee - fixed");
        assert_eq!(normalised("Quote an „nicht wie beschrieben“"), "quote an \"nicht wie beschrieben\"");
        assert_eq!(normalised("\u{feff}Order/adjustment ID  "), "order/adjustment id");
        assert_eq!(normalised("Tra\u{302}ng tha\u{301}i"), normalised("Trâng thái"));
    }
}
