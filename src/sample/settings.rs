//! What would the shop's owner write into `trueup.toml`?

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::config::FILE_NAME;
use crate::error::{Diagnostic, Result};
use crate::sample::abroad;
use crate::sample::goods::Good;
use crate::sample::stores::{AMAZON, STORES, Store, TIKTOK, WHOLESALE};
use crate::sample::wholesale::counts_header;
use crate::sample::world::World;

/// Writes the settings file.
pub(crate) fn write(world: &World) -> Result<()> {
    let path = world.folder.join("trueup.toml");
    fs::write(&path, text(world)).map_err(|error| Box::new(Diagnostic::io("write", &path, &error)))
}

fn text(world: &World) -> String {
    let mut text = format!(
        r#"# Harbor & Hearth: a made-up home and beauty shop.

[shop]
name = "Harbor & Hearth"
currency = "USD"
time-zone = "America/New_York"
as-of = {}
cost-method = "standard"

[paths]
exports = "exports"
lake = "lake"
reports = "reports"
"#,
        world.size.as_of
    );
    for (index, store) in STORES.iter().enumerate().take(world.channels()) {
        channel(&mut text, index, store);
    }
    text.push_str(POLICY);
    classes(&mut text, &world.goods);
    text.push_str(ALERTS);
    if world.channels() > TIKTOK {
        counts_mapping(&mut text, TIKTOK);
    }
    if world.channels() > WHOLESALE {
        text.push_str(PORTAL);
        counts_mapping(&mut text, WHOLESALE);
    }
    text.push_str(abroad::SETTINGS);
    text
}

fn channel(text: &mut String, index: usize, store: &Store) {
    let pool = if store.fulfilled_by_channel { store.name } else { "main" };
    let fees = match index {
        AMAZON => "{ referral-rate = 0.15, fulfilment-per-unit = 4.20 }",
        TIKTOK => "{ referral-rate = 0.06, payment-rate = 0.01, payment-per-order = 0.30, shipping-per-order = 4.05 }",
        WHOLESALE => "{ shipping-per-order = 9.00 }",
        _ => "{ payment-rate = 0.029, payment-per-order = 0.30, shipping-per-order = 3.95 }",
    };
    let _ = write!(
        text,
        "\n[channel.{}]\nkind = \"{}\"\ntier = {}\npool = \"{pool}\"\nfulfilled-by-channel = {}\ncan-suspend = {}\n\
         sync = \"{}\"\noversell-penalty = {}\nfees = {fees}\n",
        store.name,
        store.kind,
        store.tier,
        store.fulfilled_by_channel,
        matches!(index, AMAZON | TIKTOK),
        store.sync,
        store.oversell_penalty,
    );
    match index {
        TIKTOK => text.push_str("date-order = \"mdy\"\ntime-zone = \"America/New_York\"\n"),
        WHOLESALE => text.push_str("decimal = \",\"\ndate-order = \"dmy\"\ntime-zone = \"America/New_York\"\n"),
        _ => {}
    }
    let policy = match index {
        AMAZON => "risk-multiplier = 1.5\ncover-days = 14\n",
        TIKTOK => "risk-multiplier = 1.3\nrisk-factor = 2.0\npause-below = 20\npause-below-in-flash-sale = 30\n",
        WHOLESALE => "risk-multiplier = 1.0\nfloor-units = 2\n",
        _ => "risk-multiplier = 1.0\nreserve-rate = 0.05\n",
    };
    let _ = write!(text, "\n[channel.{}.policy]\n{policy}", store.name);
}

fn classes(text: &mut String, goods: &[Good]) {
    let best: Vec<String> = goods
        .iter()
        .filter(|good| good.class == "bestseller")
        .take(40)
        .map(|good| format!("    \"{}\",\n", good.sku))
        .collect();
    let _ = write!(
        text,
        "\n[class.bestseller]\nskus = [\n{}]\nsync = \"real-time\"\nservice-level = 0.975\n\n\
         [class.slow]\nholdback = \"flat\"\nflat-units = 1\n",
        best.concat()
    );
    if let Some(good) = goods.iter().find(|good| good.class == "phase-out") {
        let _ = write!(text, "\n[sku.\"{}\"]\nholdback = \"flat\"\nflat-units = 0\nservice-level = 0.8\n", good.sku);
    }
}

const POLICY: &str = r#"
[policy]
holdback = "quantile"
multiplier-form = "whole"
service-level = 0.95
oversell-risk = 0.02
risk-factor = 1.5
approve-above = 0.5
"#;

const ALERTS: &str = r#"
[alerts]
drift-units = 5
drift-rate = 0.25
latency-minutes = 30
fail = false
"#;

const PORTAL: &str = r#"
[mapping.portal]
channel = "wholesale"
table = "order_lines"
decimal = ","
date-order = "dmy"
time-zone = "America/New_York"

[mapping.portal.columns]
order_id = "Order No"
line_id = "Pos"
ordered_at = "Ordered"
updated_at = "Changed"
sku = "Item"
title = "Description"
quantity = "Qty"
unit_price = "Price each"
gross = "Amount"
discount = "Rebate"
shipping_charged = "Carriage"
status = "State"
cancel_reason = "Remark"
country = "Ship to"

[mapping.portal.constants]
currency = "USD"
fulfilment = "seller"
location = "main"

[mapping.portal.words.status]
open = "paid"
delivered = "shipped"
void = "cancelled"
"#;

fn counts_mapping(text: &mut String, channel: usize) {
    let name = STORES[channel].name;
    let header = counts_header(channel);
    let _ = write!(
        text,
        r#"
[mapping.{name}-counts]
channel = "{name}"
table = "channel_stock"

[mapping.{name}-counts.columns]
channel_sku = "{}"
location = "{}"
reported_at = "{}"
listed = "{}"
"#,
        header[0], header[1], header[2], header[3]
    );
}

/// Lets the shop's reports go into the folder `reports` beside the shop's own.
pub(crate) fn put_reports_beside(folder: &Path) -> Result<()> {
    let file = folder.join(FILE_NAME);
    let text = fs::read_to_string(&file).map_err(|error| Diagnostic::io("read", &file, &error))?;
    let beside = text.replacen("reports = \"reports\"", "reports = \"../reports\"", 1);
    fs::write(&file, beside).map_err(|error| Diagnostic::io("write", &file, &error).into())
}
