//! `trueup.toml`.

use std::path::Path;

use trueup::config::Settings;
use trueup::ingest;

use super::{End, SETTINGS, garbled, try_all};

#[test]
fn any_settings_are_read_or_refused() {
    let parse = |text: &str| Settings::parse(Path::new("trueup.toml"), Path::new("."), text);
    parse(SETTINGS).unwrap();
    try_all("settings", 1_000, |chance| {
        let settings = parse(&garbled(SETTINGS, chance));
        End::of(settings.and_then(|settings| ingest::check_mappings(&settings)))
    });
}
