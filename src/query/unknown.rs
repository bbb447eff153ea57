//! What was meant by a table or column that is not there?

use crate::error::{Diagnostic, near};

/// SQL reads a table that is neither of the lake nor a query. `known` are those that are.
pub(super) fn table(path: &str, sql: &str, name: &str, known: &[String]) -> Diagnostic {
    let message = Diagnostic::error("unknown-table", format!("there is no table or query `{name}`"));
    let hint = match near(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    pointed(message, path, sql, name).hint(hint)
}

/// SQL reads a column that none of its tables has. `known` are those that they have.
pub(super) fn column(path: &str, sql: &str, name: &str, known: &[String]) -> Diagnostic {
    let message = Diagnostic::error("unknown-column", format!("no table of this query has the column `{name}`"));
    let hint = match near(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    pointed(message, path, sql, name).hint(hint)
}

/// The message at the first line that has the name as a whole word.
fn pointed(message: Diagnostic, path: &str, sql: &str, name: &str) -> Diagnostic {
    let in_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    for (line, number) in sql.lines().zip(1..) {
        let code = line.split_once("--").map_or(line, |(code, _)| code);
        let alone = code
            .match_indices(name)
            .find(|(start, _)| !code[..*start].ends_with(in_word) && !code[start + name.len()..].starts_with(in_word));
        if let Some((start, _)) = alone {
            return message.at_line(path, number).excerpt(line, start..start + name.len(), "not known");
        }
    }
    message.in_file(path)
}
