//! The rails: which night must not go out unseen, and what is said of it.

use std::collections::BTreeSet;
use std::fs;

use trueup::buffer::*;
use trueup::config::PublishLimits;
use trueup::publish::{plan as plan_with, *};
use trueup::types::{Channel, Rate};

use crate::project::has;
use crate::publish::{any_rail, day, fresh, limits, listing, night, plan, ten};

/// The rails that a plan goes beyond, and what is said of each.
fn beyond(plan: &Plan) -> Vec<(&'static str, String)> {
    plan.breaches(&limits(), &fresh()).into_iter().map(|breach| (breach.rail.word(), breach.text)).collect()
}

fn words(plan: &Plan) -> Vec<&'static str> {
    beyond(plan).into_iter().map(|(word, _)| word).collect()
}

fn rails(words: &[Rail]) -> BTreeSet<Rail> {
    words.iter().copied().collect()
}

#[test]
fn thirty_percent_may_change_and_forty_must_be_forced() {
    let before = plan(&ten(|_| 5), None, &Approved::None).feed;
    let changed = |count| plan(&ten(|index| if index < count { 6 } else { 5 }), Some(&before), &Approved::None);
    let none = BTreeSet::new();
    assert!(changed(3).clear(&limits(), &fresh(), &none).is_ok());
    let four = changed(4);
    let refused = four.clear(&limits(), &fresh(), &none).unwrap_err();
    assert_eq!(refused.message, "nothing is published: 40 % of the buffers would change, more than 30 %");
    has(&refused.details.join("\n"), &["changed-share: `changed-share` under `[publish]`"]);
    has(&refused.hint.unwrap(), &["--force changed-share --who NAME --why TEXT"]);
    assert!(four.clear(&limits(), &fresh(), &rails(&[Rail::OldestInput])).is_err(), "another rail was named");
    let cleared = four.clear(&limits(), &fresh(), &rails(&[Rail::ChangedShare, Rail::Verdict])).unwrap();
    assert_eq!(cleared.overridden(), [Rail::ChangedShare], "only what was in the way is overridden");
    let wider = PublishLimits { changed_share: Rate::from_millionths(400_000), ..limits() };
    assert!(four.clear(&wider, &fresh(), &none).is_ok(), "the settings let 40 % through");
}

#[test]
fn listings_that_would_show_nothing_and_old_inputs_are_refused() {
    let before = plan(&ten(|_| 5), None, &Approved::None).feed;
    let mut night = ten(|_| 5);
    for row in &mut night.rows[..3] {
        row.listed_quantity = Some(0);
    }
    let dark = plan(&night, Some(&before), &Approved::None);
    assert_eq!(dark.zeroed(), 3);
    let two = PublishLimits { zeroed_listings: 2, ..limits() };
    let late = Circumstances { now: fresh().now.plus_seconds(1), ..fresh() };
    let texts: Vec<String> = dark.breaches(&two, &late).into_iter().map(|breach| breach.text).collect();
    assert_eq!(texts, ["3 listings would show nothing, more than 2", "the newest input is 36 hours old, more than 36"]);
    assert!(dark.breaches(&limits(), &fresh()).is_empty());
}

/// A shop of two channels with ten listings each; the first channel shows 40 units of each, the other 30.
fn shop() -> Recommendations {
    let of = |channel: &'static str, listed| {
        (0..10).map(move |index| Recommendation {
            channel: Channel::new(channel),
            ..listing(&format!("SKU-{index}"), 5, listed)
        })
    };
    let mut rows: Vec<Recommendation> = of("ebay", 30).chain(of("shopify", 40)).collect();
    rows.sort_by(|a, b| (&a.sku, &a.channel).cmp(&(&b.sku, &b.channel)));
    night("r", rows)
}

fn listing_units(change: impl Fn(i64) -> i64) -> Recommendations {
    let mut changed = shop();
    for row in &mut changed.rows {
        row.listed_quantity = row.listed_quantity.map(&change);
    }
    changed
}

/// The plan after a first publication of the usual shop, and the first publication itself where the
/// channels report what the usual shop shows.
fn both_ways(night: &Recommendations) -> [Plan; 2] {
    let usual = shop();
    let reported = usual.rows.iter().map(|row| ((row.sku.clone(), row.channel.clone()), row.listed_quantity.unwrap()));
    let channels = [Channel::new("ebay"), Channel::new("shopify")];
    let baseline = Baseline { channels: channels.into_iter().collect(), reported: reported.collect() };
    let first = plan_with(night, None, &baseline, &Approved::None).unwrap();
    [plan(night, Some(&plan(&usual, None, &Approved::None).feed), &Approved::None), first]
}

#[test]
fn a_night_as_the_one_before_meets_no_rail() {
    for plan in both_ways(&shop()) {
        assert_eq!(beyond(&plan), []);
    }
    // A third is sold: that is a good day.
    for plan in both_ways(&listing_units(|units| units * 2 / 3)) {
        assert_eq!(beyond(&plan), []);
    }
}

#[test]
fn units_that_are_multiplied_or_divided_meet_the_rails_also_on_the_first_day() {
    for (change, way) in [
        ((|units| units * 10) as fn(i64) -> i64, "over all channels 7000 units would be shown and not 700, up"),
        (|units| units * 1_000_000, "over all channels 700000000 units would be shown and not 700, up"),
        (|units| units / 12, "over all channels 50 units would be shown and not 700, down"),
        (|_| 0, "over all channels 0 units would be shown and not 700, down"),
    ] {
        for plan in both_ways(&listing_units(change)) {
            let found = beyond(&plan);
            has(&found.iter().find(|(word, _)| *word == "listed-units").unwrap().1, &[way, "by more than 50 %"]);
            let channels = &found.iter().find(|(word, _)| *word == "channel-units").unwrap().1;
            has(channels, &["on `ebay`", "on `shopify`", "by more than 70 %"]);
        }
    }
}

#[test]
fn one_channel_that_jumps_is_named_though_the_shop_does_not() {
    let mut night = shop();
    for row in night.rows.iter_mut().filter(|row| row.channel.as_str() == "ebay") {
        row.listed_quantity = Some(2);
    }
    for plan in both_ways(&night) {
        let text = "on `ebay` 20 units would be shown and not 300, down by more than 70 %".to_owned();
        assert_eq!(beyond(&plan), [("channel-units", text)]);
    }
}

#[test]
fn one_listing_that_is_multiplied_is_named_and_a_delivery_is_none() {
    let with = |units| {
        let mut night = shop();
        night.rows[1].listed_quantity = Some(units);
        both_ways(&night)
    };
    for plan in with(40_000_000) {
        let found = beyond(&plan);
        let text = "`SKU-0` on `shopify` would show 40000000 and not 40 units, more than 10 times as many";
        assert!(found.contains(&("listing-units", text.to_owned())), "{found:?}");
    }
    for plan in with(539) {
        assert!(!words(&plan).contains(&"listing-units"), "499 units more are a delivery");
    }
    let mut many = shop();
    many.rows.iter_mut().for_each(|row| row.listed_quantity = Some(9_000));
    let before = plan(&many, None, &Approved::None).feed;
    many.rows[0].listed_quantity = Some(3);
    many.rows[1].listed_quantity = Some(0);
    let text =
        "`SKU-0` on `ebay` would show 3 and not 9000 units, more than 10 times as few, and 1 listing more like it";
    assert_eq!(beyond(&plan(&many, Some(&before), &Approved::None)), [("listing-units", text.to_owned())]);
}

#[test]
fn demand_that_is_misread_by_a_thousand_is_seen_in_what_to_have() {
    let mut night = shop();
    night.rows.iter_mut().for_each(|row| row.cover_target *= 1_000);
    let [later, first] = both_ways(&night);
    let text =
        "the cover targets would come to 3400000 units, against 3400 before, more than 10 times as many".to_owned();
    assert_eq!(beyond(&later), [("cover-units", text)]);
    let text =
        "the cover targets would come to 3400000 units, against 800 in stock, more than 100 times as many".to_owned();
    assert_eq!(beyond(&first), [("cover-units", text)]);
    night.rows.iter_mut().for_each(|row| row.cover_target /= 12_000);
    let [fewer, unsold] = both_ways(&night);
    assert_eq!((words(&fewer), words(&unsold)), (vec!["cover-units"], vec![]), "stock that nobody wants is stock");
}

#[test]
fn listings_and_channels_that_are_gone_meet_the_rails() {
    let mut tenth = shop();
    tenth.rows.retain(|row| row.sku.as_str() == "SKU-3");
    let [cut, _] = both_ways(&tenth);
    let found = beyond(&cut);
    let text = "18 of 20 listings in force would be gone, more than 10 %".to_owned();
    assert!(found.contains(&("vanished-listings", text)), "{found:?}");
    assert!(found.iter().any(|(word, _)| *word == "listed-units"), "{found:?}");

    let mut silent = shop();
    silent.rows.retain(|row| row.channel.as_str() != "ebay");
    for plan in both_ways(&silent) {
        let text = "no listing is left on `ebay`".to_owned();
        assert!(beyond(&plan).contains(&("vanished-channels", text)), "{:?}", beyond(&plan));
    }
    let mut few = shop();
    few.rows.truncate(18);
    let [few, _] = both_ways(&few);
    assert_eq!(beyond(&few), [], "a tenth may go");
}

#[test]
fn a_feed_of_which_most_waits_is_one_to_look_at() {
    let mut night = shop();
    for row in &mut night.rows[..10] {
        row.action = Action::Hold;
    }
    let [half, _] = both_ways(&night);
    assert_eq!(beyond(&half), []);
    night.rows[10].action = Action::Approve;
    let text = "11 of 20 listings wait for a person or for more facts, more than 50 %".to_owned();
    for plan in both_ways(&night) {
        assert!(beyond(&plan).contains(&("waiting-share", text.clone())), "{:?}", beyond(&plan));
    }
}

#[test]
fn neither_a_day_to_come_nor_one_before_that_in_force_is_published() {
    let later = |seconds| Circumstances { newest_input: fresh().now.plus_seconds(seconds), ..fresh() };
    let today = plan(&shop(), None, &Approved::None);
    assert_eq!(today.breaches(&limits(), &later(24 * 3600)), [], "clocks and zones differ");
    let found = today.breaches(&limits(), &later(24 * 3600 + 1));
    assert_eq!(found.iter().map(|breach| breach.rail).collect::<Vec<_>>(), [Rail::FutureInput]);
    let mut far = shop();
    far.as_of = day().plus(3);
    let seen = Circumstances { verdict: Some(Verdict::new(7, "r", far.as_of, Vec::new())), ..fresh() };
    let far = plan(&far, None, &Approved::None);
    has(&far.breaches(&limits(), &seen)[0].text, &["the numbers stand on 2026-03-03, and today is 2026-03-01"]);
    let mut yesterday = shop();
    yesterday.as_of = day().plus(-1);
    let older = plan(&yesterday, Some(&today.feed), &Approved::None);
    let text = "the feed in force stands on 2026-02-28, and these numbers on 2026-02-27".to_owned();
    assert!(beyond(&older).contains(&("older-day", text)), "{:?}", beyond(&older));
}

#[test]
fn no_word_puts_an_empty_feed_in_force() {
    let empty = plan(&night("r", Vec::new()), None, &Approved::None);
    let refused = empty.clear(&limits(), &fresh(), &any_rail()).unwrap_err();
    has(&refused.message, &["no listing would be published"]);
    let also = BTreeSet::from([Rail::EmptyFeed]);
    assert!(empty.clear(&limits(), &fresh(), &also).is_err());
}

#[test]
fn only_what_a_run_has_said_yes_to_is_published() {
    let ready = plan(&shop(), None, &Approved::None);
    let objection = |verdict: Option<Verdict>| {
        let found = ready.breaches(&limits(), &Circumstances { verdict, ..fresh() });
        assert!(found.iter().all(|breach| breach.rail == Rail::Verdict), "{found:?}");
        found.into_iter().map(|breach| breach.text).collect::<String>()
    };
    let says = |version, day, reasons: &[&str]| {
        objection(Some(Verdict::new(version, "r", day, reasons.iter().map(|&reason| reason.to_owned()).collect())))
    };
    assert_eq!(says(7, day(), &[]), "");
    assert_eq!(objection(None), "no `trueup run` has ended on this lake");
    assert_eq!(says(6, day(), &[]), "the last run judged version 6 of the lake, and now it is version 7");
    assert_eq!(says(7, day().plus(-1), &[]), "the last run stood on 2026-02-27, and these numbers on 2026-02-28");
    let no = ["`exports/a.csv` is refused", "`check_stock_negative` finds 2 rows"];
    assert_eq!(says(7, day(), &no), format!("the last run says no ({}, {})", no[0], no[1]));
}

#[test]
fn a_verdict_comes_back_as_it_was_left_until_it_is_taken_back() {
    let lake = tempfile::tempdir().unwrap();
    assert_eq!(Verdict::read(lake.path()).unwrap(), None);
    let verdict = Verdict::new(3, "run-000003", day(), vec!["`a.csv` is refused".to_owned()]);
    verdict.leave(lake.path()).unwrap();
    assert_eq!(Verdict::read(lake.path()).unwrap(), Some(verdict));
    fs::write(lake.path().join("verdict.json"), "{\"says\":\"yes\"}").unwrap();
    assert_eq!(Verdict::read(lake.path()).unwrap_err().code, "verdict");
    Verdict::take_back(lake.path()).unwrap();
    assert_eq!(Verdict::read(lake.path()).unwrap(), None);
}

#[test]
fn a_record_tells_what_went_out_and_who_overrode_what() {
    let out = plan(&shop(), None, &Approved::None);
    let late = Circumstances { now: fresh().now.plus_seconds(1), verdict: None, ..fresh() };
    let cleared = out.clear(&limits(), &late, &any_rail()).unwrap();
    let word = Word { who: Some("mei".to_owned()), why: Some("=a fair".to_owned()) };
    let record = cleared.record(late.now, &word);
    let csv = trueup::report::csv::write(&record, trueup::report::csv::Reader::Person).unwrap();
    let text = String::from_utf8(csv).unwrap();
    let expected = format!(
        "published_at,version,run,as_of,listings,units,forced,who,why\n\
         2026-03-01T12:00:01Z,{},r,2026-02-28,20,700,oldest-input verdict,mei,'=a fair\n",
        out.version
    );
    assert_eq!(text, expected);
}
