//! Which policy does a number follow? A digest of the settings that decide buffers.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::config::{PolicyLevel, Settings};

/// Twelve hexadecimal digits over the channels and the policy. Comments, order of tables and lines
/// do not change it.
pub(super) fn policy_version(settings: &Settings) -> String {
    let digest = Sha256::digest(canonical(settings).as_bytes());
    digest.iter().take(6).fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes every character");
        text
    })
}

fn canonical(settings: &Settings) -> String {
    let mut channels: Vec<String> = settings
        .channels
        .iter()
        .map(|channel| {
            let penalty = channel.oversell_penalty.map(|money| money.to_string());
            format!(
                "channel {} {} tier {} pool {} ships {} suspends {} sync {} penalty {penalty:?}",
                channel.name,
                channel.kind.word(),
                channel.tier,
                channel.pool,
                channel.fulfilled_by_channel,
                channel.can_suspend,
                channel.sync.word(),
            )
        })
        .collect();
    channels.sort();
    let policy = &settings.policy;
    let level = |name: String, level: &PolicyLevel| format!("{name} {:?}", PolicyLevel { line: 0, ..level.clone() });
    channels.push(level("policy".to_owned(), &policy.global));
    channels.extend(policy.channels.iter().map(|(name, at)| level(format!("channel {name}"), at)));
    channels.extend(policy.classes.iter().map(|(name, at)| level(format!("class {name}"), at)));
    channels.extend(policy.class_of.iter().map(|(sku, class)| format!("{sku} is {class}")));
    channels.extend(policy.skus.iter().map(|(sku, at)| level(format!("sku {sku}"), at)));
    channels.join("\n")
}
