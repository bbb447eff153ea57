//! `trueup explain`: how a listing's buffer came about.

use std::path::Path;

use super::ExitStatus;
use super::night::Night;
use super::publish::{folder, holdbacks};
use super::shop::Shop;
use crate::buffer::{self, Explanation};
use crate::cli;
use crate::error::{Diagnostic, Result};
use crate::shell::{Shell, list};

/// Prints every figure behind the buffers of a SKU, with its source.
pub(super) fn explain(project: &Path, options: &cli::Explain, shell: &Shell) -> Result<ExitStatus> {
    let shop = Shop::open(project, None)?;
    let night = Night::work(&shop, &holdbacks(&folder(&shop.settings, None))?)?;
    let of_sku: Vec<_> = night.listings.iter().filter(|listing| listing.sku == options.sku).collect();
    let asked = |channel: &crate::types::Channel| options.channel.as_ref().is_none_or(|asked| asked == channel);
    let mut text = String::new();
    for listing in of_sku.iter().filter(|listing| asked(&listing.channel)) {
        text += &drawn(&buffer::explain(listing, &shop.settings, shop.as_of)?);
    }
    if text.is_empty() {
        return Err(unknown(options, &of_sku.iter().map(|listing| listing.channel.as_str()).collect::<Vec<_>>()));
    }
    shell.text(&text)?;
    Ok(ExitStatus::Fine)
}

fn drawn(explanation: &Explanation) -> String {
    let width = explanation.lines.iter().map(|line| line.value.chars().count()).max().unwrap_or(0).min(72);
    let mut text = format!("{}\n\n", explanation.headline);
    for line in &explanation.lines {
        text += &format!("  {:<12} {:<width$}  {}\n", line.label, line.value, line.source);
    }
    text + "\n"
}

fn unknown(options: &cli::Explain, channels: &[&str]) -> Box<Diagnostic> {
    let sku = &options.sku;
    match (&options.channel, channels) {
        (Some(channel), [_, ..]) => {
            Diagnostic::error("unknown-listing", format!("`{sku}` is not listed on `{channel}`"))
                .hint(format!("it is listed on {}", list(channels, "and")))
        }
        _ => Diagnostic::error("unknown-sku", format!("no listing has the SKU `{sku}`"))
            .hint("SKUs are exact text; `trueup query mart_demand_daily` shows those that sell"),
    }
    .into()
}
