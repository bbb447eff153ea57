//! What does an override ask for? Its field and value become one of a few decisions, or a message
//! with what to write instead.

use crate::error::near;

/// What a person asks of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Hold back so many units.
    HoldBack(i64),
    /// Leave the published number as it is.
    Freeze,
    /// Let the policy decide the number again, where a wider override does.
    Release,
    /// Show no unit.
    Pause,
    /// Show what the policy shows, where a wider override pauses.
    Resume,
}

/// What an override decides: the two go side by side, so that a pause also stops a listing whose
/// number somebody has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aspect {
    /// How many units are held back.
    Number,
    /// Whether the listing shows any.
    Showing,
}

impl Ask {
    pub(super) fn aspect(self) -> Aspect {
        match self {
            Self::HoldBack(_) | Self::Freeze | Self::Release => Aspect::Number,
            Self::Pause | Self::Resume => Aspect::Showing,
        }
    }
}

/// What an override means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A decision about listings.
    Decides(Ask),
    /// It tells of a change that was made by hand, as evidence.
    Recorded,
    /// It changes the forecast: `forecast_overrides.csv` tells what became of it.
    Forecast,
    /// Nothing can follow from it.
    Wrong(Wrong),
}

/// Why nothing follows, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The state's word in `overrides.csv`.
    pub(super) state: &'static str,
    pub(super) why: String,
    pub(super) hint: String,
}

/// Fields that an override may name.
const FIELDS: [&str; 8] = ["buffer", "listing", "freeze", "pause", "forecast", "stock", "price", "policy"];

/// Words that decide alike under `buffer` and `listing`.
const WORDS: [(&str, Ask); 6] = [
    ("freeze", Ask::Freeze),
    ("release", Ask::Release),
    ("pause", Ask::Pause),
    ("paused", Ask::Pause),
    ("resume", Ask::Resume),
    ("active", Ask::Resume),
];

/// Reads field and value; `is_whole` is true where the override names both a SKU and a channel.
pub(super) fn meaning(field: &str, value: &str, is_whole: bool) -> Meaning {
    let plain = |text: &str| text.trim().trim_start_matches('\'').to_lowercase();
    let (field, value) = (plain(field), plain(value));
    let asked = match field.as_str() {
        "buffer" => word(&value).or_else(|| units(&value)),
        "listing" => word(&value),
        "freeze" => switch(&value, Ask::Freeze, Ask::Release),
        "pause" => switch(&value, Ask::Pause, Ask::Resume),
        "forecast" => return Meaning::Forecast,
        "price" => return Meaning::Recorded,
        "stock" => return stock(&value, is_whole),
        "policy" => return Meaning::Wrong(policy()),
        unknown => return Meaning::Wrong(unknown_field(unknown)),
    };
    asked.map_or_else(|| Meaning::Wrong(unknown_value(&field, &value)), Meaning::Decides)
}

fn word(value: &str) -> Option<Ask> {
    WORDS.iter().find(|(word, _)| *word == value).map(|(_, ask)| *ask)
}

/// Whole units, also as spreadsheets write them: `5.0`.
fn units(value: &str) -> Option<Ask> {
    let (whole, rest) = value.split_once('.').unwrap_or((value, ""));
    let units: i64 = whole.parse().ok().filter(|_| rest.bytes().all(|digit| digit == b'0'))?;
    (units >= 0).then_some(Ask::HoldBack(units))
}

/// A field that is its own instruction: nothing or yes switches it on.
fn switch(value: &str, on: Ask, off: Ask) -> Option<Ask> {
    match value {
        "" | "yes" | "true" | "on" | "1" => Some(on),
        "no" | "false" | "off" | "0" => Some(off),
        _ => word(value).filter(|ask| *ask == on || *ask == off),
    }
}

/// A count that was changed by hand is evidence for a drift of one listing.
fn stock(value: &str, is_whole: bool) -> Meaning {
    let wrong = |state, why: String, hint: &str| Meaning::Wrong(Wrong { state, why, hint: hint.to_owned() });
    if value.parse::<i64>().is_err() {
        let why = format!("`{value}` is no number of units");
        return wrong("not understood", why, "write by how many units the count was changed, such as `-2`");
    }
    if !is_whole {
        let why = "a count changed by hand explains a drift only with its SKU and its channel".to_owned();
        return wrong("too wide", why, "write a row for each `sku` and `channel`");
    }
    Meaning::Recorded
}

fn policy() -> Wrong {
    Wrong {
        state: "not understood",
        why: "an override does not change the policy".to_owned(),
        hint: "write the key in `trueup.toml`, under `[sku.\"SKU\"]`, `[channel.NAME.policy]` or `[policy]`".to_owned(),
    }
}

fn unknown_field(field: &str) -> Wrong {
    let hint = match near(field, FIELDS.into_iter()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => "write `buffer`, `listing`, `freeze`, `pause`, `forecast`, `stock` or `price` as its field".to_owned(),
    };
    Wrong { state: "unknown field", why: format!("`{field}` is no field that an override can set"), hint }
}

fn unknown_value(field: &str, value: &str) -> Wrong {
    let hint = match (field, units(value)) {
        ("buffer", _) => "write units such as `5`, or `freeze`, `release`, `pause` or `resume`",
        ("listing", Some(_)) => "units to hold back are a `buffer`; a `listing` is `pause` or `resume`",
        ("listing", None) => "write `pause`, `resume`, `freeze` or `release`",
        _ => "leave its value empty, or write `yes` or `no`",
    };
    let why =
        if value.is_empty() { "it has no value".to_owned() } else { format!("`{value}` is no value of `{field}`") };
    Wrong { state: "not understood", why, hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_decide() {
        let decided = |field, value| match meaning(field, value, true) {
            Meaning::Decides(ask) => Some(ask),
            _ => None,
        };
        assert_eq!(decided("buffer", " 7 "), Some(Ask::HoldBack(7)));
        assert_eq!(decided("Buffer", "7.0"), Some(Ask::HoldBack(7)));
        assert_eq!(decided("buffer", "'0"), Some(Ask::HoldBack(0)));
        assert_eq!(decided("buffer", "Pause"), Some(Ask::Pause));
        assert_eq!(decided("listing", "paused"), Some(Ask::Pause));
        assert_eq!(decided("freeze", ""), Some(Ask::Freeze));
        assert_eq!(decided("freeze", "no"), Some(Ask::Release));
        assert_eq!(decided("pause", "yes"), Some(Ask::Pause));
        for (field, value) in [("buffer", "-1"), ("buffer", "7.5"), ("buffer", ""), ("listing", "7"), ("freeze", "7")] {
            assert_eq!(decided(field, value), None, "{field} = {value}");
        }
    }

    #[test]
    fn what_cannot_act_says_what_to_write() {
        let hint = |field, value, is_whole| match meaning(field, value, is_whole) {
            Meaning::Wrong(wrong) => wrong.hint,
            other => panic!("{other:?}"),
        };
        assert_eq!(hint("bufer", "7", true), "did you mean `buffer`?");
        assert!(hint("colour", "7", true).starts_with("write `buffer`, `listing`"));
        assert!(hint("listing", "7", true).contains("are a `buffer`"));
        assert!(hint("policy", "flat-units", true).contains("trueup.toml"));
        assert!(hint("stock", "two", true).contains("`-2`"));
        assert!(hint("stock", "-2", false).contains("for each `sku`"));
        assert_eq!(meaning("stock", "-2", true), Meaning::Recorded);
    }
}
