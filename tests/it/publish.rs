//! Publishing: the plan before it happens, the rails, and a folder that is whole at any moment.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use trueup::buffer::*;
use trueup::config::{PublishLimits, SyncTier};
use trueup::publish::*;
use trueup::types::{Channel, Rate, Sku, Timestamp};

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

fn fresh() -> InputAge {
    InputAge { newest_input: Timestamp::from_seconds(0), now: Timestamp::from_seconds(36 * 3600) }
}

fn put_out(plan: &Plan, folder: &Path) -> Outcome {
    publish(plan.clear(&Rails::default(), fresh(), true).unwrap(), folder).unwrap()
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
    assert!(changed(3).clear(&Rails::default(), fresh(), false).is_ok());
    let four = changed(4);
    let refused = four.clear(&Rails::default(), fresh(), false).unwrap_err();
    assert_eq!(refused.message, "nothing is published: 40 % of the buffers would change, more than 30 %");
    assert!(refused.hint.unwrap().contains("--force"));
    assert!(four.clear(&Rails::default(), fresh(), true).is_ok());
    let wider = Rails::of(&PublishLimits { changed_share: Rate::from_millionths(400_000), ..PublishLimits::default() });
    assert!(four.clear(&wider, fresh(), false).is_ok(), "the settings let 40 % through");
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
    let rails = Rails { zeroed: 2, ..Rails::default() };
    let late = InputAge { now: Timestamp::from_seconds(36 * 3600 + 1), ..fresh() };
    assert_eq!(
        dark.problems(&rails, late),
        ["3 listings would show nothing, more than 2", "the newest input is 36 hours old, more than 36"]
    );
    assert!(dark.problems(&Rails::default(), fresh()).is_empty());
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
            format!("{version}/buffers.csv"),
            format!("{version}/buffers.json"),
            format!("{version}/buffers.parquet"),
            "CURRENT".to_owned()
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
        for name in ["buffers.csv", "buffers.json", "buffers.parquet"] {
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

#[test]
fn a_published_file_that_somebody_changed_is_not_put_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let out = plan(&ten(|_| 5), None, &Approved::None);
    put_out(&out, folder.path());
    let path = folder.path().join(&out.version).join("buffers.csv");
    fs::write(&path, b"sku\n").unwrap();
    let error = publish(out.clear(&Rails::default(), fresh(), true).unwrap(), folder.path()).unwrap_err();
    assert_eq!((error.code, error.place.unwrap().path), ("published-altered", path));
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
