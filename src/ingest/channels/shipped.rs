//! Layouts of other systems that need no code: mappings as a user would write them, each with its
//! source.

use std::path::Path;

use super::mapping;
use crate::config::Settings;
use crate::error::Result;
use crate::ingest::export::Layout;

const MAPPINGS: &[&str] =
    &[include_str!("mappings/linnworks-stock.toml"), include_str!("mappings/linnworks-inventory.toml")];

/// What every settings file must say, and no mapping here needs.
const SHOP: &str = "[shop]\ncurrency = \"USD\"\n";

/// The layouts of the mappings that come with trueup.
pub(super) fn layouts() -> Result<Vec<Layout>> {
    let mut layouts = Vec::new();
    for text in MAPPINGS {
        let settings = Settings::parse(Path::new("mappings"), Path::new("."), &format!("{SHOP}{text}"))?;
        for (mapping, layout) in settings.mappings.iter().zip(mapping::mappings(&settings)?) {
            layouts.push(Layout { id: mapping.name.clone(), ..layout });
        }
    }
    Ok(layouts)
}
