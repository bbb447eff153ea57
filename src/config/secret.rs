//! Does a line of the settings look like a secret? Settings hold none, but people paste what they have,
//! and a message ends up in a log, a mail or a screenshot.

use std::ops::Range;

/// What a key or a table of a secret is called, in letters alone.
const NAMES: &[&str] =
    &["password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "credential", "bearer", "authorization"];
/// How tokens that services hand out begin.
const BEGINNINGS: &[&str] =
    &["sk_live_", "sk_test_", "shpat_", "shpss_", "ghp_", "github_pat_", "xoxb-", "xoxp-", "AKIA", "amzn.", "eyJ"];
/// Letters and digits without a space from which a value is taken for a token.
const TOKEN: usize = 32;

/// What stands for the value.
const HIDDEN: &str = "\"…\"";

/// The line and what of it is meant, with its value hidden if it looks like a secret; `table` is the header
/// of the table that it stands in.
pub(super) fn shown(line: &str, meant: Range<usize>, table: &str) -> (String, Range<usize>) {
    if !is_secret(line, table) {
        return (line.to_owned(), meant);
    }
    let before = line.find('=').map_or(0, |equals| equals + 1);
    let names = if has_credentials(&line[..before]) || has_token(&line[..before]) { "" } else { &line[..before] };
    let text = format!("{names} {HIDDEN}").trim_start().to_owned();
    let meant = if meant.end < names.len() { meant } else { text.len() - HIDDEN.len()..text.len() };
    (text, meant)
}

/// The message without the texts of a line that looks like a secret.
pub(super) fn told(message: &str, line: &str, table: &str) -> String {
    if !is_secret(line, table) {
        return message.to_owned();
    }
    let value = line.split_once('=').map_or(line, |(_, value)| value);
    let texts = value.split(['"', '\'', ',', ' ', '[', ']', '{', '}', '=']).filter(|text| text.chars().count() > 2);
    texts.fold(message.to_owned(), |message, text| message.replace(text, "…"))
}

fn is_secret(line: &str, table: &str) -> bool {
    is_named(table.split('#').next().unwrap_or_default())
        || line.split('=').rev().skip(1).any(|before| is_named(before.rsplit([',', '{']).next().unwrap_or_default()))
        || has_credentials(line)
        || has_token(line)
}

fn is_named(key: &str) -> bool {
    let letters: String = key.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    letters.ends_with("key") || letters.ends_with("pass") || NAMES.iter().any(|name| letters.contains(name))
}

/// `https://user:password@host`
fn has_credentials(line: &str) -> bool {
    line.match_indices("://").any(|(at, mark)| {
        let rest = &line[at + mark.len()..];
        let host = rest.split(['/', '"', '\'', ' ', '?', '#']).next().unwrap_or_default();
        host.contains('@')
    })
}

fn has_token(line: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '+' | '.');
    line.split(|letter: char| !is_part(letter)).any(|word| {
        let has = |kind: fn(&char) -> bool| word.chars().any(|letter| kind(&letter));
        let is_mixed = has(char::is_ascii_digit) && has(char::is_ascii_alphabetic);
        (word.len() >= TOKEN && is_mixed)
            || BEGINNINGS.iter().any(|start| word.starts_with(start) && word.len() > start.len() + 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        for (line, table) in [
            ("api-password = \"swordfish\"", ""),
            ("SHOP_TOKEN = 'swordfish'", "[channel.etsy]"),
            ("\"private key\" = \"swordfish\"", ""),
            ("feed = { name = \"x\", secret = \"swordfish\" }", "[channel.etsy]"),
            ("etsy = \"swordfish\"", "[credentials]"),
            ("exports = \"sftp://ada:swordfish@shop.example/out\"", "[paths]"),
            ("  \"shpat_0swordfish0\",", "[paths]"),
            ("name = \"swordfish0000000000000000000000000\"", "[shop]"),
            ("password = swordfish", ""),
        ] {
            let (text, meant) = shown(line, line.len() - 2..line.len(), table);
            assert!(!text.contains("swordfish") && text.contains(HIDDEN), "{line}: {text}");
            assert!(text.is_char_boundary(meant.start) && text.is_char_boundary(meant.end));
            let message = told("invalid type: string \"swordfish\", expected u8", line, table);
            assert!(!message.contains("\"swordfish\"") || !line.contains("swordfish\""), "{line}: {message}");
        }
    }

    #[test]
    fn settings_as_they_are_stay_readable() {
        for line in ["currency = \"US\"", "exports = \"./exports\"", "order_id = \"Order Token\"", "[sku.\"MUG-BLUE\"]"]
        {
            assert_eq!(shown(line, 0..3, "[shop]"), (line.to_owned(), 0..3));
        }
    }
}
