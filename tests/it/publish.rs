//! Publishing: the plan before it happens, the rails, and a folder that is whole at any moment.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use trueup::buffer::*;
use trueup::config::{PublishLimits, SyncTier};
use trueup::publish::*;
use trueup::types::{Channel, Day, Rate, Sku, Timestamp};

use crate::project::{Project, has, stderr};

fn listing(sku: &str, holdback: i64, listed: i64) -> Recommendation {
    Recommendation {
        sku: Sku::new(sku),
        channel: Channel::new("shopify"),
        pool: "main".into(),
        available: Some(listed + holdback),
        current_buffer: None,
        listing_holdback: holdback,
        cover_target: 170,
        lead_time_days: 14,
        listed_quantity: Some(listed),
        paused: false,
        pause_below: 0,
        promo_reserve: 0,
        sync_tier: SyncTier::NearTime,
        change: None,
        action: Action::Publish,
        rule: "quantile at 5 % risk, trueup's default".into(),
        listed_rule: "available − hold-back".into(),
        cover_rule: "1 × (cycle + safety stock), trueup's default".into(),
        confidence: Confidence::High,
        reason: format!("Hide {holdback} of {} units.", listed + holdback),
        valid_until: "2026-03-07".parse().unwrap(),
        units_in_lag: 2.5,
        lag_seconds: 300.0,
        lag_assumed: false,
        expected_oversells: 0.01,
        replenish_units: None,
        stranded_units: 0,
    }
}

fn night(run: &str, rows: Vec<Recommendation>) -> Recommendations {
    Recommendations {
        run: run.into(),
        as_of: "2026-02-28".parse().unwrap(),
        policy_version: "0123456789ab".into(),
        rows,
    }
}

fn ten(holdback: impl Fn(usize) -> i64) -> Recommendations {
    night("r", (0..10).map(|index| listing(&format!("SKU-{index}"), holdback(index), 40)).collect())
}

/// The plan of a shop whose channels report nothing of their own.
fn plan(night: &Recommendations, before: Option<&Feed>, approved: &Approved) -> Plan {
    trueup::publish::plan(night, before, &Baseline::default(), approved).unwrap()
}

fn day() -> Day {
    "2026-02-28".parse().unwrap()
}

/// A run said yes, 36 hours after the newest input.
fn fresh() -> Circumstances {
    let newest_input = day().start_in(chrono_tz::UTC);
    Circumstances {
        newest_input,
        now: newest_input.plus_seconds(36 * 3600),
        lake_version: 7,
        verdict: Some(Verdict::new(7, "r", day(), Vec::new())),
    }
}

fn limits() -> PublishLimits {
    PublishLimits::default()
}

fn rails(words: &[Rail]) -> BTreeSet<Rail> {
    words.iter().copied().collect()
}

fn any_rail() -> BTreeSet<Rail> {
    rails(&Rail::FORCEABLE)
}

/// The rails that a plan goes beyond, and what is said of each.
fn beyond(plan: &Plan) -> Vec<(&'static str, String)> {
    plan.breaches(&limits(), &fresh()).into_iter().map(|breach| (breach.rail.word(), breach.text)).collect()
}

fn words(plan: &Plan) -> Vec<&'static str> {
    beyond(plan).into_iter().map(|(word, _)| word).collect()
}

const ENTRY: &[u8] = b"version,who\n2026,mei\n";

fn put_out(plan: &Plan, folder: &Path) -> Outcome {
    publish(&plan.clear(&limits(), &fresh(), &any_rail()).unwrap(), folder, ENTRY).unwrap()
}

fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_plan_tells_before_and_after_and_writes_nothing() {
    let before = plan(&ten(|_| 5), None, &Approved::None);
    assert_eq!((before.changes.len(), before.changed_share()), (10, 0.0));
    let after = plan(&ten(|index| if index < 2 { 7 } else { 5 }), Some(&before.feed), &Approved::None);
    let changes: Vec<_> =
        after.changes.iter().map(|change| (&*change.sku, change.holdback_before, change.holdback_after)).collect();
    assert_eq!(changes, [("SKU-0", Some(5), Some(7)), ("SKU-1", Some(5), Some(7))]);
    assert_eq!(after.changed_share(), 0.2);
    assert_eq!(after.sheet().len(), 2);
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
    let first = trueup::publish::plan(night, None, &baseline, &Approved::None).unwrap();
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
    let text = "`SKU-0` on `ebay` would show 3 and not 9000 units, more than 10 times as few, and 1 listing more like it";
    assert_eq!(beyond(&plan(&many, Some(&before), &Approved::None)), [("listing-units", text.to_owned())]);
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
        let text = "no listing would be published on `ebay`".to_owned();
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
fn what_waits_keeps_the_number_before_until_a_person_approves() {
    let before = plan(&ten(|_| 5), None, &Approved::None).feed;
    let mut night = ten(|_| 5);
    (night.rows[0].action, night.rows[0].listing_holdback) = (Action::Approve, 30);
    (night.rows[1].action, night.rows[1].listing_holdback) = (Action::Hold, 0);
    night.rows.push(Recommendation { action: Action::Hold, ..listing("SKU-NEW", 4, 9) });
    let sku = Sku::new("SKU-0");
    let channel = Channel::new("shopify");
    let held = plan(&night, Some(&before), &Approved::None);
    assert_eq!(held.feed.holdback(&sku, &channel), Some(5));
    assert_eq!(held.waiting.iter().map(|wait| wait.stays).collect::<Vec<_>>(), [Some(5), Some(5), None]);
    assert_eq!(held.feed.rows().len(), 10, "what was never published and may not go out stays out");
    for approved in [Approved::All, Approved::Skus(BTreeSet::from([sku.clone()]))] {
        let let_through = plan(&night, Some(&before), &approved);
        assert_eq!(let_through.feed.holdback(&sku, &channel), Some(30));
        assert_eq!(let_through.waiting.len(), 2, "a hold is not for approval");
    }
}

#[test]
fn a_listing_that_is_gone_is_a_change() {
    let before = plan(&ten(|_| 5), None, &Approved::None).feed;
    let mut night = ten(|_| 5);
    night.rows.remove(4);
    let without = plan(&night, Some(&before), &Approved::None);
    assert_eq!((without.changes.len(), without.changes[0].holdback_after), (1, None));
    assert_eq!(without.changed_share(), 0.1);
}

#[test]
fn publishing_twice_is_publishing_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = plan(&ten(|_| 5), published(folder.path()).unwrap().as_ref(), &Approved::None);
    assert_eq!(put_out(&first, folder.path()), Outcome::Published(first.version.clone()));
    let files = tree(folder.path());
    let second = plan(&ten(|_| 5), published(folder.path()).unwrap().as_ref(), &Approved::None);
    assert_eq!(second.version, first.version);
    assert!(second.changes.is_empty());
    assert_eq!(put_out(&second, folder.path()), Outcome::Unchanged(first.version.clone()));
    assert_eq!(tree(folder.path()), files);
    let names: Vec<String> = files.into_iter().map(|(name, _)| name).collect();
    let version = &first.version;
    assert_eq!(
        names,
        [
            format!("{version}/SHA256SUMS"),
            format!("{version}/buffers.csv"),
            format!("{version}/buffers.json"),
            format!("{version}/buffers.parquet"),
            "CURRENT".to_owned(),
            "publications.csv".to_owned()
        ]
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
    );
}

#[test]
fn a_second_run_of_the_same_day_publishes_nothing_new() {
    let first = plan(&ten(|_| 5), None, &Approved::None);
    let mut again = ten(|_| 5);
    again.run = "a later run".into();
    for row in &mut again.rows {
        (row.current_buffer, row.change) = (Some(5), Some(0));
    }
    assert_eq!(plan(&again, Some(&first.feed), &Approved::None).version, first.version);
    again.as_of = again.as_of.plus(1);
    assert_ne!(plan(&again, Some(&first.feed), &Approved::None).version, first.version);
}

#[test]
fn the_feed_keeps_every_character_and_comes_back_as_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let odd = ["=1+1", "+A", "-B", "@C", "00123", "a,b", "q\"q", "two\nlines", "é ü", " "];
    let mut rows: Vec<Recommendation> = odd.iter().map(|sku| listing(sku, 5, 40)).collect();
    rows.sort_by(|a, b| a.sku.cmp(&b.sku));
    let out = plan(&night("r", rows), None, &Approved::None);
    put_out(&out, folder.path());
    assert_eq!(published(folder.path()).unwrap().unwrap(), out.feed);
    let mut reader = csv::Reader::from_path(folder.path().join(&out.version).join("buffers.csv")).unwrap();
    let skus: BTreeSet<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    assert_eq!(skus, odd.iter().map(|sku| (*sku).to_owned()).collect());
}

#[test]
fn the_parquet_has_the_same_rows() {
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let folder = tempfile::tempdir().unwrap();
    let out = plan(&ten(|index| index as i64), None, &Approved::None);
    put_out(&out, folder.path());
    let file = fs::File::open(folder.path().join(&out.version).join("buffers.parquet")).unwrap();
    let batches: Vec<_> =
        ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap().map(Result::unwrap).collect();
    let rows = trueup::lake::Rows::new("buffers", batches[0].clone());
    let held: Vec<_> = rows.integer("listing_holdback").unwrap().iter().flatten().collect();
    assert_eq!(held, (0..10).collect::<Vec<i64>>());
}

/// Whatever a crash leaves behind, the version in force is whole, and publishing again succeeds.
#[test]
fn a_crash_between_any_two_steps_leaves_a_whole_publication_in_force() {
    let old = plan(&ten(|_| 5), None, &Approved::None);
    let new = plan(&ten(|_| 6), Some(&old.feed), &Approved::None);
    let whole = tempfile::tempdir().unwrap();
    put_out(&new, whole.path());
    let bytes = |name: &str| fs::read(whole.path().join(&new.version).join(name)).unwrap();
    let part = format!(".{}.part", new.version);
    let half_written = |folder: &Path| {
        fs::create_dir(folder.join(&part)).unwrap();
        fs::write(folder.join(&part).join("buffers.csv"), b"sku,chan").unwrap();
        fs::write(folder.join(&part).join("left-over"), b"?").unwrap();
    };
    let renamed = |folder: &Path| {
        fs::create_dir(folder.join(&new.version)).unwrap();
        for name in FILES {
            fs::write(folder.join(&new.version).join(name), bytes(name)).unwrap();
        }
    };
    let pointer_half_written = |folder: &Path| {
        renamed(folder);
        fs::write(folder.join(".CURRENT.part"), b"2026").unwrap();
    };
    let states: [&dyn Fn(&Path); 4] = [&|_| (), &half_written, &renamed, &pointer_half_written];
    for crash in states {
        let folder = tempfile::tempdir().unwrap();
        put_out(&old, folder.path());
        crash(folder.path());
        assert_eq!(published(folder.path()).unwrap().unwrap(), old.feed);
        assert_eq!(put_out(&new, folder.path()), Outcome::Published(new.version.clone()));
        assert_eq!(published(folder.path()).unwrap().unwrap(), new.feed);
        assert!(tree(folder.path()).iter().all(|(name, _)| !name.contains(".part")));
    }
}

const FILES: [&str; 4] = ["SHA256SUMS", "buffers.csv", "buffers.json", "buffers.parquet"];

#[test]
fn a_changed_missing_or_added_byte_of_the_feed_in_force_is_found_wherever_it_is() {
    let out = plan(&ten(|_| 5), None, &Approved::None);
    let folder = tempfile::tempdir().unwrap();
    put_out(&out, folder.path());
    let is_found = |name: &str, bytes: Option<&[u8]>| {
        let path = folder.path().join(&out.version).join(name);
        let good = fs::read(&path).unwrap();
        match bytes {
            Some(bytes) => fs::write(&path, bytes).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        let seen = published(folder.path()).map(|_| ());
        let again = publish(&out.clear(&limits(), &fresh(), &any_rail()).unwrap(), folder.path(), ENTRY).map(|_| ());
        fs::write(&path, &good).unwrap();
        for error in [seen.unwrap_err(), again.unwrap_err()] {
            assert_eq!((error.code, error.place.unwrap().path), ("published-altered", path.clone()), "{name}");
            has(&error.hint.unwrap(), &[&out.version, "CURRENT", "`trueup run`"]);
        }
    };
    for name in FILES {
        let good = fs::read(folder.path().join(&out.version).join(name)).unwrap();
        for place in (0..good.len()).step_by(good.len() / 30) {
            let mut bad = good.clone();
            bad[place] ^= 1;
            is_found(name, Some(&bad));
        }
        is_found(name, Some(&good[..good.len() - 1]));
        is_found(name, Some(&[&good[..], b" "].concat()));
        is_found(name, None);
    }
    let stranger = folder.path().join(&out.version).join("buffers.csv.bak");
    fs::write(&stranger, "old").unwrap();
    assert_eq!(published(folder.path()).unwrap_err().place.unwrap().path, stranger);
}

#[test]
fn a_feed_under_the_name_of_another_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = [5, 6].map(|units| plan(&ten(|_| units), None, &Approved::None));
    put_out(&first, folder.path());
    put_out(&second, folder.path());
    fs::remove_dir_all(folder.path().join(&second.version)).unwrap();
    fs::rename(folder.path().join(&first.version), folder.path().join(&second.version)).unwrap();
    assert_eq!(published(folder.path()).unwrap_err().code, "published-altered");
}

#[test]
fn every_publication_stands_in_the_record_and_a_stranger_s_file_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("publications.csv");
    put_out(&plan(&ten(|_| 5), None, &Approved::None), folder.path());
    put_out(&plan(&ten(|_| 6), None, &Approved::None), folder.path());
    assert_eq!(fs::read_to_string(&record).unwrap(), "version,who\n2026,mei\n2026,mei\n");
    fs::write(&record, "my own notes\n").unwrap();
    let third = plan(&ten(|_| 7), None, &Approved::None);
    let error = publish(&third.clear(&limits(), &fresh(), &any_rail()).unwrap(), folder.path(), ENTRY).unwrap_err();
    assert_eq!((error.code, error.place.unwrap().path), ("publications", record.clone()));
    assert_eq!(fs::read_to_string(&record).unwrap(), "my own notes\n");
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

#[test]
fn a_pointer_that_leaves_the_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("CURRENT"), "../elsewhere\n").unwrap();
    assert_eq!(published(folder.path()).unwrap_err().code, "published-current");
}

#[test]
fn a_change_is_what_would_be_published_and_a_first_number_is_one_to_look_at() {
    let with = |action, change: Option<i64>| Recommendation {
        action,
        change,
        current_buffer: change.map(|change| 9 - change),
        ..listing("MUG", 9, 20)
    };
    for (action, change, is_change, needs_review) in [
        (Action::Publish, None, true, true),
        (Action::Publish, Some(1), true, false),
        (Action::Publish, Some(0), false, false),
        (Action::Approve, Some(6), true, true),
        (Action::Hold, Some(6), false, false),
        (Action::Hold, None, false, false),
    ] {
        let one = with(action, change);
        assert_eq!((one.is_change(), one.needs_review()), (is_change, needs_review), "{action:?} {change:?}");
    }
}
