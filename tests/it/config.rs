//! Settings: what is written becomes what is meant, and every mistake is told with its line.

use std::path::Path;

use trueup::config::{ChannelKind, Differential, HoldbackModel, Settings, SyncTier};
use trueup::types::{Channel, Money, Rate, Sku};

const WHOLE: &str = r#"
[shop]
name = "Harbour & Pine"
currency = "USD"
time-zone = "America/New_York"
as-of = 2026-02-28
cost-method = "moving-average"

[channel.shopify]
sync = "real-time"

[channel.amazon]
fulfilled-by-channel = true
fees = { referral-rate = 0.15, fulfilment-per-unit = 4.2 }

[channel.amazon.policy]
oversell-risk = 0.01

[channel.portal]
kind = "wholesale"

[policy]
floor-units = 1

[class.bestseller]
skus = ["MUG-BLUE"]
holdback = "rule-of-thumb"

[sku."MUG-BLUE"]
cap-units = 40

[mapping.portal]
channel = "portal"
table = "order_lines"
columns = { order_id = "Auftrag", quantity = "Menge" }
constants = { currency = "EUR" }
words = { status = { "versendet" = "shipped" } }
decimal = ","
"#;

fn read(text: &str) -> Result<Settings, String> {
    Settings::parse(Path::new("trueup.toml"), Path::new("shop"), text).map_err(|problem| {
        let place = problem.place.as_ref().expect("a settings message has its place");
        let excerpt = place.excerpt.as_ref().expect("and its excerpt");
        format!(
            "{}|{}|{}|{}",
            problem.message,
            place.line.expect("and its line"),
            &excerpt.text[excerpt.span.clone()],
            excerpt.label
        )
    })
}

#[test]
fn a_whole_file_is_understood() {
    let settings = read(WHOLE).unwrap();
    assert_eq!(settings.shop.as_of.unwrap().to_string(), "2026-02-28");
    let names: Vec<&str> = settings.channels.iter().map(|channel| channel.name.as_str()).collect();
    assert_eq!(names, ["shopify", "amazon", "portal"], "channels keep the file's order");
    let amazon = settings.channel("amazon").unwrap();
    assert_eq!(amazon.kind, ChannelKind::Amazon);
    assert_eq!(amazon.pool, "amazon", "a channel that ships itself has its own pool");
    assert!(amazon.can_suspend);
    assert_eq!(amazon.fees.fulfilment_per_unit, Money::from_cents(420));
    assert_eq!(amazon.fees.referral_rate.millionths(), 150_000);
    assert_eq!(settings.channel("shopify").unwrap().sync, SyncTier::RealTime);
    assert_eq!(settings.policy.channels[&Channel::new("amazon")].oversell_risk, Some(0.01));
    assert_eq!(settings.policy.classes["bestseller"].holdback, Some(HoldbackModel::RuleOfThumb));
    assert_eq!(settings.policy.class_of[&Sku::new("MUG-BLUE")], "bestseller");
    assert_eq!(settings.policy.skus[&Sku::new("MUG-BLUE")].cap_units, Some(40));
    assert_eq!(settings.policy.skus[&Sku::new("MUG-BLUE")].line, 29);
    let mapping = &settings.mappings[0];
    assert_eq!(mapping.columns["quantity"], "Menge".into());
    assert_eq!(mapping.words["status"]["versendet"], "shipped");
    assert_eq!(settings.reports, Path::new("shop/reports"));
}

#[test]
fn mistakes_are_told_with_their_line_and_what_to_write() {
    let cases = [
        ("[policy]\nservice-level = 95", "`service-level` must be between 0 and 1|4|95|95 % is written `0.95`"),
        ("[policy]\nservice-level = 0", "`service-level` must be between 0 and 1|4|0|such as `0.05`"),
        ("[policy]\nservce-level = 0.9", "unknown field `servce-level`"),
        ("[channel.shopify]\nsync = \"fast\"", "`sync` does not know this word|4|\"fast\"|one of `real-time`"),
        ("[channel.shopify]\ntier = 4", "`tier` must be from 1 to 3|4|4|out of range"),
        ("[channel.shopify]\nfees = { payment-per-order = -0.3 }", "`payment-per-order` must not be negative|4|-0.3"),
        ("[channel.shopify]\nfees = { referral-rate = \"x\" }", "expected a share such as 0.15"),
        ("[channel.tiktok]\nprice-above = \"lots\"", "expected a share such as \"10%\", or \"any\""),
        (
            "[channel.tiktok]\ncoupon-allowance = 10",
            "`coupon-allowance` must be between 0 and 1|4|10|10 % is written `0.1`",
        ),
        (
            "[publish]\nchanged-share = \"130%\"",
            "`changed-share` must be between 0 and 1|4|\"130%\"|from `0%` to `100%`",
        ),
        ("[publish]\noldest-input-hours = 0", "`oldest-input-hours` must be from 1 to 8760|4|0|out of range"),
        ("[report]\nmorning-items = 0", "`morning-items` must be from 1 to 1000|4|0|out of range"),
        ("[alerts]\noversell-days = 0", "`oversell-days` must be from 1 to 365|4|0|out of range"),
        (
            "[policy]\npromotion-reserve-hours = 9999",
            "`promotion-reserve-hours` must be from 0 to 2160|4|9999|out of range",
        ),
        ("[policy]\nbatch-up-to-units = 0", "`batch-up-to-units` must be above 0|4|0|"),
        ("[playbook.oversel]\nowner = \"mei\"", "no such kind of exception|3|oversel|such as `[playbook.oversell]`"),
        ("[playbook.drift]\nowner = \" \"", "`owner` must be words on one line|4|\" \"|write at least one"),
        ("[class.hero]\nservice-level = 2", "`service-level` must be between 0 and 1|3|"),
        ("[mapping.x]\ntable = \"sales\"\ncolumns = {}", "no such table in the lake|4|\"sales\""),
        ("[mapping.x]\ntable = \"order_lines\"\ncolumns = { qty = \"Q\" }", "no such column in the lake|5|qty"),
    ];
    for (text, expected) in cases {
        let problem = read(&format!("[shop]\ncurrency = \"USD\"\n{text}")).expect_err(text);
        assert!(problem.contains(expected), "{text}\n  gave {problem}\n  not  {expected}");
    }
    assert!(read("[shop]\ncurrency = \"dollars\"").unwrap_err().contains("three letters"));
    assert!(read("[shop]\ncurrency = \"USD\"\ntime-zone = \"Mars/One\"").unwrap_err().contains("Mars/One"));
}

#[test]
fn prices_are_shares_of_the_anchor_price_in_either_spelling() {
    let prices = |kind: &str, keys: &str| {
        let text = format!("[shop]\ncurrency = \"USD\"\n[channel.x]\nkind = \"{kind}\"\n{keys}");
        read(&text).unwrap().channels.remove(0).prices
    };
    assert_eq!(prices("tiktok", ""), Differential::usual(ChannelKind::Tiktok));
    let percent = |percent: i64| Rate::from_millionths(percent * 10_000);
    let set = prices(
        "tiktok",
        "price-below = \"0 %\"\nprice-above = 0.04\ncoupon-allowance = \"10%\"\nwholesale-share = \"45%\"",
    );
    assert_eq!(
        set,
        Differential { down: Rate::ZERO, up: Some(percent(4)), coupon: percent(10), wholesale: percent(45) }
    );
    assert_eq!(prices("shopify", "price-above = \"any\"").up, None);
}

#[test]
fn a_slip_in_a_mapping_is_answered_with_what_was_meant() {
    let hint = |mapping: &str| {
        let columns = if mapping.contains("columns") { "" } else { "\ncolumns = {}" };
        let text = format!("[shop]\ncurrency = \"USD\"\n[channel.wholesale]\n[mapping.portal]\n{mapping}{columns}");
        Settings::parse(Path::new("trueup.toml"), Path::new("."), &text).unwrap_err().hint.unwrap()
    };
    assert_eq!(hint("channel = \"wholsale\"\ntable = \"order_lines\""), "did you mean `channel = \"wholesale\"`?");
    assert_eq!(hint("channel = \"ebay\"\ntable = \"order_lines\""), "add `[channel.ebay]`, or name one of wholesale");
    assert_eq!(hint("table = \"order_line\""), "did you mean `table = \"order_lines\"`?");
    assert_eq!(hint("table = \"order_lines\"\ncolumns = { quantitty = \"Qty\" }"), "did you mean `quantity`?");
}

#[test]
fn a_missing_file_says_what_to_type() {
    let problem = Settings::read(Path::new("no-such-folder")).unwrap_err();
    assert_eq!(problem.message, "cannot read `no-such-folder/trueup.toml`: it does not exist");
    assert_eq!(problem.hint.as_deref(), Some("`trueup init no-such-folder` writes one to start from"));
}

#[test]
fn the_template_of_a_new_project_is_valid() {
    let settings = read(trueup::commands::init::TEMPLATE).unwrap();
    assert_eq!(settings.channels.len(), 2);
    // What is commented out must be valid too: it is what people will uncomment.
    let uncommented: String = trueup::commands::init::TEMPLATE
        .lines()
        .map(|line| {
            line.strip_prefix("# ").filter(|rest| rest.starts_with('[') || rest.contains(" = ")).unwrap_or(line)
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let settings = read(&uncommented).unwrap_or_else(|problem| panic!("{problem}\n{uncommented}"));
    assert_eq!(settings.channels.len(), 4, "tiktok and wholesale come with their comments taken away");
}

/// `{}` says that there is nothing to pay; one key says nothing of the others.
#[test]
fn fees_tell_what_they_name() {
    let told = |fees: &str| {
        let text = format!("[shop]\ncurrency = \"EUR\"\n[channel.ebay]\n{fees}\n");
        let settings = Settings::parse(Path::new("trueup.toml"), Path::new("."), &text).unwrap();
        (settings.channels[0].fees_told, settings.channels[0].postage_told)
    };
    assert_eq!(told(""), (false, false));
    assert_eq!(told("fees = {}"), (true, true));
    assert_eq!(told("fees = { shipping-per-order = 0 }"), (false, true));
    assert_eq!(told("fees = { referral-rate = 0.11 }"), (true, false));
    assert_eq!(told("fees = { payment-per-order = 0.30, shipping-per-order = 4 }"), (true, true));
}
