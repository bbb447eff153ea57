//! Text from a file on its way to a terminal.

use std::fmt::Write as _;
use std::ops::Range;

/// The text with every character that could steer a terminal or turn its writing direction shown
/// as an escape: `\x1b`, `\u{202e}`.
///
/// ```
/// assert_eq!(trueup::shell::plain("MUG\x1b[2J"), r"MUG\x1b[2J");
/// ```
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    text.chars().for_each(|character| push(&mut shown, character));
    shown
}

/// The same with its lines kept, for text of more than one.
///
/// ```
/// assert_eq!(trueup::shell::plain_lines("sku\nMUG\u{202e}\n"), "sku\nMUG\\u{202e}\n");
/// ```
pub fn plain_lines(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| match line.strip_suffix('\n') {
        Some(line) => plain(line.strip_suffix('\r').unwrap_or(line)) + "\n",
        None => plain(line),
    });
    lines.collect()
}

/// The text made plain, and where `span` of it (in bytes) has moved to.
pub(super) fn plain_with_span(text: &str, span: &Range<usize>) -> (String, Range<usize>) {
    let mut shown = String::with_capacity(text.len());
    let (mut start, mut end) = (None, None);
    for (at, character) in text.char_indices() {
        if at >= span.start {
            start.get_or_insert(shown.len());
        }
        if at >= span.end {
            end.get_or_insert(shown.len());
        }
        push(&mut shown, character);
    }
    let end = end.unwrap_or(shown.len());
    let start = start.unwrap_or(shown.len()).min(end);
    (shown, start..end)
}

fn push(shown: &mut String, character: char) {
    let code = u32::from(character);
    let written = match character {
        '\t' => write!(shown, " "),
        '\n' => write!(shown, "\\n"),
        '\r' => write!(shown, "\\r"),
        _ if code < 0x20 || (0x7f..0xa0).contains(&code) => write!(shown, "\\x{code:02x}"),
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => {
            write!(shown, "\\u{{{code:x}}}")
        }
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            write!(shown, "\\u{{{code:x}}}")
        }
        _ => {
            shown.push(character);
            Ok(())
        }
    };
    written.expect("a string takes every character");
}
