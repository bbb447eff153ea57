//! Buffers: the worked numbers, the policy's levels, and what must hold for any listing.

use std::path::Path;

use proptest::prelude::*;
use trueup::buffer::*;
use trueup::config::{PolicyScope, Settings, SyncTier};
use trueup::types::{Channel, Day, Money, Rate, Sku};

const SHOP: &str = r#"
[shop]
name = "Harbour & Pine"
currency = "USD"
time-zone = "America/New_York"

[channel.shopify]
sync = "real-time"

[channel.amazon]
fulfilled-by-channel = true

[channel.tiktok]
tier = 3
"#;

fn settings(policy: &str) -> Settings {
    Settings::parse(Path::new("trueup.toml"), Path::new("."), &format!("{SHOP}{policy}")).unwrap()
}

fn as_of() -> Day {
    "2026-02-28".parse().unwrap()
}

/// A listing about which everything is known: one unit every two minutes, five minutes of lag.
fn fast(channel: &str) -> ListingInput {
    ListingInput {
        sku: Sku::new("MUG-BLUE"),
        channel: Channel::new(channel),
        product_class: None,
        pool: PoolStock { name: "main".into(), available: Some(100), inbound: 0 },
        present: Present::default(),
        demand: ListingDemand {
            own_units_per_day: 720.0,
            pool_units_per_day: 720.0,
            peak_units_in_lag: None,
            season: None,
            variance_to_mean: Some(1.0),
            days_observed: 90,
            days_in_stock: 84,
        },
        lead_time: LeadTime::default(),
        lag: Lag { seconds: Some(300.0), period_seconds: 0.0, events: 900 },
        unit_margin: None,
        promotion: Promotion::default(),
        unexplained_drift_units: 0,
    }
}

fn one(input: &ListingInput, policy: &str) -> Recommendation {
    recommend(std::slice::from_ref(input), &settings(policy), "r1", as_of()).unwrap().rows.remove(0)
}

#[test]
fn the_rule_of_thumb_gives_3_4_and_5() {
    for (factor, units) in [("1.0", 3), ("1.5", 4), ("2.0", 5)] {
        let policy = format!("[policy]\nholdback = \"rule-of-thumb\"\nrisk-factor = {factor}");
        assert_eq!(one(&fast("shopify"), &policy).listing_holdback, units, "factor {factor}");
    }
}

#[test]
fn four_units_in_one_update_give_4_and_8() {
    let mut input = fast("shopify");
    input.demand.own_units_per_day = 4.0 * 288.0;
    input.demand.pool_units_per_day = 4.0 * 288.0;
    for (factor, units) in [("1.0", 4), ("2.0", 8)] {
        let policy = format!("[policy]\nholdback = \"rule-of-thumb\"\nrisk-factor = {factor}");
        assert_eq!(one(&input, &policy).listing_holdback, units, "factor {factor}");
    }
}

#[test]
fn the_quantile_is_the_default_with_5_percent_in_the_own_store_and_1_percent_on_a_marketplace() {
    assert_eq!(one(&fast("shopify"), "").listing_holdback, 5);
    // Seven cover 99 %, one more is for the last buyer: TikTok Shop can suspend the account.
    assert_eq!(one(&fast("tiktok"), "").listing_holdback, 8);
    assert_eq!(one(&fast("tiktok"), "").rule, "quantile and one unit at 1 % risk, trueup's default");
}

#[test]
fn the_cover_target_is_170_and_255_on_amazon_and_221_on_tiktok_and_never_hidden() {
    for (channel, target) in [("shopify", 170), ("amazon", 255), ("tiktok", 221)] {
        let mut input = fast(channel);
        input.demand.own_units_per_day = 10.0;
        input.demand.pool_units_per_day = 10.0;
        input.lead_time.days = Some(14);
        let row = one(&input, "[policy]\nsafety-stock-units = 30");
        assert_eq!(row.cover_target, target, "{channel}");
        assert!(row.listing_holdback < 5, "{channel} hides {}", row.listing_holdback);
    }
}

#[test]
fn the_multiplier_can_leave_the_safety_stock_alone() {
    let mut input = fast("amazon");
    input.demand.own_units_per_day = 25.0;
    input.lead_time.days = Some(3);
    let form = |form| format!("[policy]\nsafety-stock-units = 15\nmultiplier-form = \"{form}\"");
    assert_eq!(one(&input, &form("whole")).cover_target, 135);
    assert_eq!(one(&input, &form("cycle-only")).cover_target, 128);
}

#[test]
fn the_forecast_goes_before_velocity_times_lead_time() {
    let mut input = fast("shopify");
    input.lead_time = LeadTime { days: Some(7), mean_units: Some(40.0), quantile_units: Some(58.0) };
    assert_eq!(one(&input, "").cover_target, 58);
}

#[test]
fn a_pool_of_19_pauses_the_lowest_tier_and_20_does_not() {
    let paused = |available, state| {
        let mut input = fast("tiktok");
        input.demand.own_units_per_day = 1.0;
        input.demand.pool_units_per_day = 1.0;
        input.pool.available = Some(available);
        input.promotion.state = state;
        let row = one(&input, "");
        assert_eq!(row.listed_quantity == Some(0), row.paused, "{available}");
        row.paused
    };
    assert!(paused(19, PromotionState::None));
    assert!(!paused(20, PromotionState::None));
    assert!(!paused(21, PromotionState::None));
    assert!(paused(29, PromotionState::FlashSale));
    assert!(!paused(30, PromotionState::FlashSale));
    let mut own_store = fast("shopify");
    own_store.pool.available = Some(19);
    assert!(!one(&own_store, "").paused);
}

#[test]
fn percentages_hold_15_and_5_of_100() {
    let percentage = "[policy]\nholdback = \"percentage\"";
    assert_eq!(one(&fast("tiktok"), percentage).listing_holdback, 15);
    assert_eq!(one(&fast("shopify"), percentage).listing_holdback, 5);
}

#[test]
fn a_flat_buffer_lists_15_of_20_and_none_of_4() {
    let listed = |available| {
        let mut input = fast("shopify");
        input.pool.available = Some(available);
        one(&input, "[policy]\nholdback = \"flat\"\nflat-units = 5").listed_quantity
    };
    assert_eq!(listed(20), Some(15));
    assert_eq!(listed(4), Some(0));
    assert_eq!(listed(-3), Some(0));
}

#[test]
fn a_cap_lists_300_of_675_and_says_where_it_was_written() {
    let mut input = fast("tiktok");
    input.pool.available = Some(675);
    let row = one(&input, "[channel.tiktok.policy]\ncap-units = 300");
    assert_eq!(row.listed_quantity, Some(300));
    assert_eq!(row.listed_rule, "cap 300, trueup.toml:15 (channel tiktok)");
    assert!(row.reason.contains("no more than 300"), "{}", row.reason);
}

#[test]
fn the_sku_decides_before_its_class_the_class_before_the_channel_the_channel_before_the_policy() {
    let levels = [
        ("[sku.\"MUG-BLUE\"]\nrisk-factor = 4.0\n", PolicyScope::Sku(Sku::new("MUG-BLUE")), 4.0),
        ("[class.hero]\nskus = [\"MUG-BLUE\"]\nrisk-factor = 3.0\n", PolicyScope::Class("hero".into()), 3.0),
        ("[channel.tiktok.policy]\nrisk-factor = 2.0\n", PolicyScope::Channel(Channel::new("tiktok")), 2.0),
        ("[policy]\nrisk-factor = 1.0\n", PolicyScope::Global, 1.0),
        ("", PolicyScope::Default, 1.5),
    ];
    for first in 0..levels.len() {
        let text: String = levels[first..].iter().map(|(text, ..)| *text).collect();
        let settings = settings(&text);
        let channel = settings.channels.iter().find(|channel| channel.name.as_str() == "tiktok").unwrap();
        let policy = settings.policy_for(channel, None, &Sku::new("MUG-BLUE"));
        assert_eq!(policy.risk_factor.scope, levels[first].1);
        assert_eq!(policy.risk_factor.value, levels[first].2);
    }
}

#[test]
fn a_product_row_names_a_class_but_the_settings_go_first() {
    let text = "[class.slow]\nflat-units = 1\n[class.hero]\nskus = [\"MUG-BLUE\"]\nflat-units = 9\n";
    let settings = settings(text);
    let flat = |sku: &str| settings.policy_for(&settings.channels[0], Some("slow"), &Sku::new(sku)).flat_units.value;
    assert_eq!(flat("MUG-BLUE"), 9);
    assert_eq!(flat("MUG-RED"), 1);
}

#[test]
fn no_lower_level_lowers_a_floor_or_raises_a_cap() {
    let text = "[policy]\nfloor-units = 12\ncap-units = 40\n\
                [sku.\"MUG-BLUE\"]\nfloor-units = 2\ncap-units = 90\nholdback = \"flat\"\nflat-units = 0\n";
    let row = one(&fast("shopify"), text);
    assert_eq!(row.listing_holdback, 12);
    assert_eq!(row.listed_quantity, Some(40));
    assert_eq!(row.rule, "floor 12, trueup.toml:15 (policy)");
    assert!(row.reason.contains("raised to minimum 12"), "{}", row.reason);
    let strict = "[policy]\nfloor-units = 2\n[sku.\"MUG-BLUE\"]\nfloor-units = 30\n";
    assert_eq!(one(&fast("shopify"), strict).listing_holdback, 30);
}

#[test]
fn the_penalty_in_money_gives_the_risk_where_no_policy_does() {
    let mut input = fast("shopify");
    input.unit_margin = Some(Money::from_cents(500));
    let text = SHOP.replace("sync = \"real-time\"", "oversell-penalty = 150.0");
    let with_penalty = |policy: &str| {
        let settings = Settings::parse(Path::new("trueup.toml"), Path::new("."), &format!("{text}{policy}")).unwrap();
        recommend(std::slice::from_ref(&input), &settings, "r1", as_of()).unwrap().rows.remove(0)
    };
    // 150/(150 + 5) is a ratio of 0.968, whose Poisson quantile at 2.5 is 6.
    assert_eq!(with_penalty("").listing_holdback, 6);
    assert!(with_penalty("").rule.contains("oversell penalty"), "{}", with_penalty("").rule);
    assert_eq!(with_penalty("[policy]\noversell-risk = 0.05").listing_holdback, 5);
}

#[test]
fn a_channel_that_ships_its_own_stock_hides_nothing_and_is_replenished_below_14_days() {
    let mut input = fast("amazon");
    input.pool.name = "amazon".into();
    input.demand.own_units_per_day = 10.0;
    input.pool.available = Some(100);
    input.pool.inbound = 40;
    assert_eq!(one(&input, "").listing_holdback, 0);
    assert_eq!(one(&input, "").replenish_units, Some(0), "140 units are 14 days: at the line, not below");
    input.pool.inbound = 39;
    assert_eq!(one(&input, "").replenish_units, Some(280 - 139));
    assert_eq!(one(&fast("shopify"), "").replenish_units, None);
}

#[test]
fn weak_data_hold_back_more_and_say_so() {
    let known = one(&fast("shopify"), "");
    let mut short = fast("shopify");
    short.demand.days_in_stock = 9;
    let mut assumed = fast("shopify");
    assumed.lag.seconds = None;
    let mut drifted = fast("shopify");
    drifted.unexplained_drift_units = 6;
    for (weak, words) in
        [(short, "only 9 days in stock"), (assumed, "never measured"), (drifted, "6 units more for drift")]
    {
        let row = one(&weak, "");
        assert!(row.listing_holdback > known.listing_holdback, "{}", row.reason);
        assert!(row.reason.contains(words), "{}", row.reason);
        assert_eq!(row.confidence, Confidence::Medium);
        assert!(row.valid_until < known.valid_until);
    }
    assert_eq!(known.confidence, Confidence::High);
}

#[test]
fn an_unknown_stock_lists_nothing_new() {
    let mut input = fast("shopify");
    input.pool.available = None;
    let row = one(&input, "");
    assert_eq!((row.listed_quantity, row.action, row.confidence), (None, Action::Hold, Confidence::Low));
}

#[test]
fn a_present_buffer_of_one_or_two_is_too_thin_for_two_and_a_half_units() {
    for (present, thin) in [(1, true), (2, true), (3, false)] {
        let mut input = fast("shopify");
        input.present.buffer = Some(present);
        let reason = one(&input, "").reason;
        assert_eq!(reason.contains(&format!("the present buffer of {present} is too thin")), thin, "{reason}");
    }
}

#[test]
fn fifty_units_an_hour_need_more_than_an_hourly_sync() {
    let mut input = fast("shopify");
    input.demand.own_units_per_day = 1200.0;
    input.demand.pool_units_per_day = 1200.0;
    input.lag.seconds = Some(3600.0);
    let row = one(&input, "[policy]\noversell-risk = 0.01");
    assert_eq!((row.units_in_lag, row.listing_holdback), (50.0, 67));
    assert_eq!(row.sync_tier, SyncTier::RealTime);
    assert_eq!(observed_tier(3600.0), SyncTier::Batch);
    assert_eq!((observed_tier(299.0), observed_tier(300.0)), (SyncTier::RealTime, SyncTier::NearTime));
}

#[test]
fn a_slow_listing_is_soon_enough_in_a_batch_unless_it_is_promoted() {
    let mut input = fast("shopify");
    input.demand.own_units_per_day = 0.1;
    input.demand.pool_units_per_day = 0.2;
    assert_eq!(one(&input, "").sync_tier, SyncTier::Batch);
    assert_eq!(one(&input, "[policy]\nbatch-up-to-units = 0.008").sync_tier, SyncTier::NearTime);
    assert_eq!(one(&input, "[sku.\"MUG-BLUE\"]\nreal-time-from-units = 0.004").sync_tier, SyncTier::RealTime);
    input.promotion.state = PromotionState::Planned;
    assert_eq!(one(&input, "").sync_tier, SyncTier::RealTime);
}

#[test]
fn others_sell_unseen_during_the_period_too() {
    let mut input = fast("shopify");
    input.demand.own_units_per_day = 6.0 * 24.0;
    input.demand.pool_units_per_day = 18.0 * 24.0;
    input.lag = Lag { seconds: Some(300.0), period_seconds: 900.0, events: 10 };
    assert!((one(&input, "").units_in_lag - (0.5 + 4.0)).abs() < 1e-9);
}

#[test]
fn a_large_change_waits_for_a_person_and_a_person_s_number_stays() {
    let mut input = fast("shopify");
    input.present.buffer = Some(20);
    assert_eq!(one(&input, "").action, Action::Approve);
    input.present.buffer = Some(4);
    assert_eq!((one(&input, "").action, one(&input, "").change), (Action::Publish, Some(1)));
    input.present.buffer = Some(1);
    assert_eq!(one(&input, "").action, Action::Approve);
    assert_eq!(one(&input, "[policy]\nsmall-change-units = 4").action, Action::Publish);
    input.present.buffer = Some(4);
    input.present.number = Some(decision(Ask::Freeze));
    let frozen = one(&input, "");
    assert_eq!((frozen.action, frozen.listing_holdback, frozen.change), (Action::Hold, 4, Some(0)));
    assert!(
        frozen.reason.starts_with("Buffer 4 of 100 units: frozen by ana until 2026-02-28 (recount), override O9; ")
    );
    assert_eq!(frozen.rule, "frozen by ana until 2026-02-28 (recount), override O9");
}

fn decision(ask: Ask) -> Decision {
    let (owner, reason) = (Some("ana".into()), Some("recount".into()));
    Decision { id: "O9".into(), ask, owner, reason, until: Some(as_of()) }
}

#[test]
fn a_person_s_number_goes_out_whatever_the_model_says_and_no_lower_than_the_floor() {
    let mut input = fast("tiktok");
    input.present = Present { buffer: Some(31), number: Some(decision(Ask::HoldBack(31))), ..Present::default() };
    let row = one(&input, "");
    assert_eq!((row.listing_holdback, row.listed_quantity, row.action), (31, Some(69), Action::Publish));
    assert_eq!(row.rule, "decided by ana until 2026-02-28 (recount), override O9");
    assert_eq!(row.valid_until, as_of(), "it ends with the decision");
    assert!(row.reason.contains("the policy would hold back 8 units"), "{}", row.reason);
    input.present.number = Some(decision(Ask::HoldBack(3)));
    let floored = one(&input, "[policy]\nfloor-units = 6");
    assert_eq!((floored.listing_holdback, floored.rule.as_str()), (6, "floor 6, trueup.toml:15 (policy)"));
    input.present.number = Some(decision(Ask::Release));
    assert_eq!(one(&input, "").listing_holdback, 8);
}

#[test]
fn a_person_s_pause_lists_nothing_also_where_nobody_knows_the_stock() {
    let mut input = fast("shopify");
    input.present.showing = Some(decision(Ask::Pause));
    for available in [Some(100), Some(0), None] {
        input.pool.available = available;
        let row = one(&input, "");
        assert_eq!((row.listed_quantity, row.paused, row.action), (Some(0), true, Action::Publish));
        assert_eq!(row.listed_rule, "paused by ana until 2026-02-28 (recount), override O9");
        assert!(row.reason.starts_with("Paused by ana until 2026-02-28 (recount), override O9; "), "{}", row.reason);
    }
    input.pool.available = Some(100);
    input.present.showing = Some(decision(Ask::Resume));
    assert_eq!(one(&input, "").listed_quantity, Some(95));
}

#[test]
fn little_history_does_not_lower_a_buffer() {
    let mut input = fast("shopify");
    input.demand.days_in_stock = 13;
    input.present.buffer = Some(9);
    let lowered = one(&input, "");
    assert!(lowered.listing_holdback < 9);
    assert_eq!(lowered.action, Action::Hold);
    input.present.buffer = Some(6);
    assert_eq!(one(&input, "").action, Action::Publish);
}

#[test]
fn units_for_a_promotion_elsewhere_are_not_listed() {
    let mut input = fast("shopify");
    input.promotion.reserved_elsewhere = 40;
    let row = one(&input, "");
    assert_eq!((row.listing_holdback, row.promo_reserve, row.listed_quantity), (5, 40, Some(55)));
}

#[test]
fn stranded_units_are_those_that_no_channel_shows() {
    let policy = "[channel.tiktok.policy]\nholdback = \"flat\"\nflat-units = 60\npause-below = 0\n\
                  [channel.shopify.policy]\nholdback = \"flat\"\nflat-units = 30\n";
    let rows = recommend(&[fast("tiktok"), fast("shopify")], &settings(policy), "r1", as_of()).unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.stranded_units).collect::<Vec<_>>(), [30, 30]);
}

#[test]
fn the_reason_is_one_sentence_with_its_figures() {
    let mut input = fast("tiktok");
    input.present.buffer = Some(2);
    assert_eq!(
        one(&input, "").reason,
        "Buffer 8 of 100 units: P95 sync delay 5 minutes in which 2.5 units sell, 7 for 1 % oversell risk and 1 as \
         last-unit reserve; the present buffer of 2 is too thin."
    );
    input.pool.available = Some(19);
    assert!(
        one(&input, "").reason.starts_with("Paused as stock 19 is below the threshold of 20; otherwise buffer 8: ")
    );
}

#[test]
fn the_policy_version_follows_the_policy_and_not_the_comments() {
    let version = |policy: &str| recommend(&[], &settings(policy), "r1", as_of()).unwrap().policy_version;
    assert_eq!(version("[policy]\nfloor-units = 1"), version("# raised in May\n\n[policy]\nfloor-units = 1"));
    assert_ne!(version("[policy]\nfloor-units = 1"), version("[policy]\nfloor-units = 2"));
    assert_eq!(version("").len(), 12);
}

#[test]
fn a_channel_that_the_settings_do_not_have_is_an_error_with_what_to_type() {
    let error = recommend(&[fast("ebay")], &settings(""), "r1", as_of()).unwrap_err();
    assert_eq!(error.message, "`MUG-BLUE` is listed on `ebay`, which the settings do not have");
    assert_eq!(error.hint.as_deref(), Some("add `[channel.ebay]`"));
}

#[test]
fn the_explanation_walks_from_sales_to_the_listing() {
    let mut input = fast("tiktok");
    input.pool.available = Some(52);
    input.demand.peak_units_in_lag = Some(3.0);
    let explanation = explain(&input, &settings("[channel.tiktok.policy]\noversell-risk = 0.02\n"), as_of()).unwrap();
    assert_eq!(explanation.headline, "MUG-BLUE on tiktok: hold back 8 of 52 units, as of 2026-02-28");
    let labels: Vec<&str> = explanation.lines.iter().map(|line| line.label).collect();
    let expected =
        ["sold", "pool", "peak", "lag", "exposure", "method", "available", "pause", "list", "current", "cover"];
    assert_eq!(labels, expected);
    let model = explanation.lines.iter().find(|line| line.label == "method").unwrap();
    assert_eq!(model.source, "trueup.toml:15 (channel tiktok)");
}

#[test]
fn the_sheet_has_the_contract_s_columns_in_key_order() {
    let rows = recommend(&[fast("tiktok"), fast("shopify")], &settings(""), "r1", as_of()).unwrap().sheet();
    let contract = "sku channel run as_of pool current_buffer listing_holdback cover_target listed_quantity \
                    pause_below promo_reserve sync_tier change action rule confidence reason valid_until \
                    policy_version";
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.name).take(19).collect();
    assert_eq!(names, contract.split_whitespace().collect::<Vec<_>>());
    let channels: Vec<_> = rows.text("channel").unwrap().iter().flatten().collect();
    assert_eq!(channels, ["shopify", "tiktok"]);
}

/// The words of the column are the settings' own: what it says can be set as it stands.
#[test]
fn a_sync_tier_is_written_as_the_settings_write_it() {
    let mut tiers = std::collections::BTreeSet::new();
    for pool_units_per_day in [0.1, 5.0, 1200.0] {
        let mut input = fast("shopify");
        input.demand.pool_units_per_day = pool_units_per_day;
        let rows = recommend(&[input], &settings(""), "r1", as_of()).unwrap().sheet();
        let word = rows.text("sync_tier").unwrap().get(0).unwrap().to_owned();
        let set = settings(&format!("[channel.other]\nsync = \"{word}\"\n"));
        assert_eq!(set.channel("other").unwrap().sync.word(), word);
        tiers.insert(word);
    }
    assert_eq!(tiers.len(), 3, "{tiers:?}");
}

#[test]
fn commitments_then_shares_then_the_flexible_reserve_where_it_earns_most() {
    let claim = |channel: &str, tier, committed, mean_units, unit_value, share| Claim {
        channel: Channel::new(channel),
        tier,
        committed,
        mean_units,
        unit_value,
        share: Rate::from_f64(share),
    };
    let claims = [
        claim("tiktok", 3, 0, 10.0, 4.0, 0.5),
        claim("shopify", 1, 0, 60.0, 12.0, 0.4),
        claim("wholesale", 1, 100, 0.0, 6.0, 0.0),
    ];
    let grants = allocate_pool(200, &claims);
    assert_eq!(grants.iter().map(|grant| grant.committed).collect::<Vec<_>>(), [0, 0, 100]);
    assert_eq!(grants.iter().map(|grant| grant.shared).collect::<Vec<_>>(), [50, 40, 0]);
    assert_eq!(grants[1].flexible, 10, "the own store sells more than it has and earns three times as much");
    assert_eq!(grants.iter().map(Grant::total).sum::<i64>(), 200);
    let short = allocate_pool(70, &claims);
    assert_eq!(short.iter().map(Grant::total).collect::<Vec<_>>(), [0, 0, 70], "commitments come first");
}

prop_compose! {
    fn any_listing()(
        channel in prop::sample::select(vec!["shopify", "amazon", "tiktok"]),
        available in prop::option::of(-50i64..5_000),
        own in 0.0..2_000.0f64,
        others in 0.0..2_000.0f64,
        peak in prop::option::of(0.0..300.0f64),
        season in prop::option::of(0.1..20.0f64),
        spread in prop::option::of(0.0..40.0f64),
        days in 0i64..400,
        lag in prop::option::of(0.0..20_000.0f64),
        drift in 0i64..30,
        present in prop::option::of(0i64..400),
        reserved in 0i64..100,
        state in prop::sample::select(vec![
            PromotionState::None, PromotionState::Planned, PromotionState::Active, PromotionState::FlashSale,
        ]),
    ) -> ListingInput {
        let mut input = fast(channel);
        input.pool.available = available;
        input.demand = ListingDemand {
            own_units_per_day: own,
            pool_units_per_day: own + others,
            peak_units_in_lag: peak,
            season,
            variance_to_mean: spread,
            days_observed: days,
            days_in_stock: days,
        };
        input.lag.seconds = lag;
        input.unexplained_drift_units = drift;
        input.present.buffer = present;
        input.promotion = Promotion { state, reserved_elsewhere: reserved, until: None };
        input
    }
}

fn any_policy() -> impl Strategy<Value = String> {
    let model = prop::sample::select(vec!["quantile", "rule-of-thumb", "percentage", "flat"]);
    (model, 0i64..60, 0i64..1_000, 1u32..40).prop_map(|(model, floor, cap, risk)| {
        format!(
            "[policy]\nholdback = \"{model}\"\nfloor-units = {floor}\ncap-units = {cap}\n\
                 oversell-risk = {}\n[sku.\"MUG-BLUE\"]\nfloor-units = 0\ncap-units = 100000\n",
            f64::from(risk) / 100.0
        )
    })
}

fn level(policy: &str, key: &str) -> i64 {
    policy.lines().find_map(|line| line.strip_prefix(key)).unwrap().trim_start_matches(" = ").parse().unwrap()
}

proptest! {
    #[test]
    fn the_floor_holds_and_listings_lie_between_nothing_and_what_is_available(
        input in any_listing(), policy in any_policy(),
    ) {
        let row = one(&input, &policy);
        prop_assert!(row.listing_holdback >= level(&policy, "floor-units"));
        prop_assert_eq!(row.listed_quantity.is_none(), input.pool.available.is_none());
        if let (Some(listed), Some(available)) = (row.listed_quantity, input.pool.available) {
            prop_assert!((0..=available.max(0)).contains(&listed));
            prop_assert!(listed <= level(&policy, "cap-units"));
            prop_assert!(listed == 0 || listed + row.listing_holdback + row.promo_reserve <= available);
        }
        prop_assert!(row.cover_target >= 0);
        prop_assert!(row.stranded_units >= 0);
    }

    #[test]
    fn a_longer_lag_a_faster_product_and_a_smaller_risk_never_hold_back_less(
        input in any_listing(), policy in any_policy(), more in 1.0..3.0f64,
    ) {
        let held = one(&input, &policy).listing_holdback;
        let mut slower = input.clone();
        slower.lag.seconds = input.lag.seconds.map(|seconds| seconds * more);
        prop_assert!(one(&slower, &policy).listing_holdback >= held);
        let mut faster = input.clone();
        faster.demand.own_units_per_day *= more;
        faster.demand.pool_units_per_day *= more;
        prop_assert!(one(&faster, &policy).listing_holdback >= held);
        let safer = policy.replace("oversell-risk = 0.", "oversell-risk = 0.0");
        prop_assert!(one(&input, &safer).listing_holdback >= held);
    }

    #[test]
    fn the_reason_is_one_sentence_and_names_the_hold_back_and_the_stock(
        input in any_listing(), policy in any_policy(),
    ) {
        let row = one(&input, &policy);
        prop_assert!(row.reason.ends_with('.') && !row.reason.contains(". "), "{}", row.reason);
        prop_assert!(!row.reason.contains('\n'));
        let held = if row.listing_holdback == 0 { "no buffer".to_owned() } else { format!("buffer {}", row.listing_holdback) };
        prop_assert!(row.reason.to_lowercase().contains(&held), "{}", row.reason);
        let stock = match input.pool.available {
            None => "pending stock data".to_owned(),
            Some(..=0) if !row.paused => "out of stock".to_owned(),
            Some(available) => available.max(0).to_string(),
        };
        prop_assert!(row.reason.to_lowercase().contains(&stock), "{}", row.reason);
    }

    #[test]
    fn grants_add_up_to_the_pool(
        pool in 0i64..30_000,
        claims in prop::collection::vec((1u8..4, 0i64..400, 0.0..300.0f64, 0.0..50.0f64, 0i64..600_000), 1..6),
    ) {
        let claims: Vec<Claim> = claims.into_iter().enumerate().map(|(index, claim)| Claim {
            channel: Channel::new(format!("channel-{index}")),
            tier: claim.0,
            committed: claim.1,
            mean_units: claim.2,
            unit_value: claim.3,
            share: Rate::from_millionths(claim.4),
        }).collect();
        let grants = allocate_pool(pool, &claims);
        prop_assert_eq!(grants.iter().map(Grant::total).sum::<i64>(), pool);
        prop_assert!(grants.iter().all(|grant| grant.committed >= 0 && grant.shared >= 0 && grant.flexible >= 0));
    }

    #[test]
    fn the_order_of_listings_does_not_matter(inputs in prop::collection::vec(any_listing(), 0..8)) {
        let numbered: Vec<ListingInput> = inputs.into_iter().enumerate().map(|(index, input)| ListingInput {
            sku: Sku::new(format!("SKU-{index}")), ..input
        }).collect();
        let reversed: Vec<ListingInput> = numbered.iter().rev().cloned().collect();
        let settings = settings("");
        let run = |inputs: &[ListingInput]| recommend(inputs, &settings, "r1", as_of()).unwrap();
        prop_assert_eq!(run(&numbered), run(&reversed));
    }
}
