//! Publishing: the plan before it happens, and a folder that is whole at any moment.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use trueup::buffer::*;
use trueup::config::{PublishLimits, SyncTier};
use trueup::publish::*;
use trueup::types::{Channel, Day, Sku};

use crate::project::has;

pub(crate) fn listing(sku: &str, holdback: i64, listed: i64) -> Recommendation {
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

pub(crate) fn night(run: &str, rows: Vec<Recommendation>) -> Recommendations {
    Recommendations {
        run: run.into(),
        as_of: "2026-02-28".parse().unwrap(),
        policy_version: "0123456789ab".into(),
        rows,
    }
}

pub(crate) fn ten(holdback: impl Fn(usize) -> i64) -> Recommendations {
    night("r", (0..10).map(|index| listing(&format!("SKU-{index}"), holdback(index), 40)).collect())
}

/// The plan of a shop whose channels report nothing of their own.
pub(crate) fn plan(night: &Recommendations, before: Option<&Feed>, approved: &Approved) -> Plan {
    trueup::publish::plan(night, before, &Baseline::default(), approved).unwrap()
}

pub(crate) fn day() -> Day {
    "2026-02-28".parse().unwrap()
}

/// A run said yes, 36 hours after the newest input.
pub(crate) fn fresh() -> Circumstances {
    let newest_input = day().start_in(chrono_tz::UTC);
    Circumstances {
        newest_input,
        now: newest_input.plus_seconds(36 * 3600),
        lake_version: 7,
        verdict: Some(Verdict::new(7, "r", day(), Vec::new())),
    }
}

pub(crate) fn limits() -> PublishLimits {
    PublishLimits::default()
}

pub(crate) fn any_rail() -> BTreeSet<Rail> {
    Rail::FORCEABLE.into_iter().collect()
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
    let text = fs::read_to_string(&record).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "version,who,check"), "{text}");
    assert!(lines[1..].iter().all(|line| line.starts_with("2026,mei,")), "{text}");
    assert_ne!(lines[1], lines[2], "each row vouches for those before it");
    fs::write(&record, "my own notes\n").unwrap();
    let third = plan(&ten(|_| 7), None, &Approved::None);
    let error = publish(&third.clear(&limits(), &fresh(), &any_rail()).unwrap(), folder.path(), ENTRY).unwrap_err();
    assert_eq!((error.code, error.place.unwrap().path), ("publications", record.clone()));
    assert_eq!(fs::read_to_string(&record).unwrap(), "my own notes\n");
}

#[test]
fn a_record_of_which_one_bit_is_changed_is_found() {
    const TWO_LINES: &[u8] = b"version,why\n2026,\"spring,\nat last\"\n";
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("publications.csv");
    vouch(folder.path()).unwrap();
    let put_out = |units: i64| {
        let night = plan(&ten(|_| units), None, &Approved::None);
        publish(&night.clear(&limits(), &fresh(), &any_rail()).unwrap(), folder.path(), TWO_LINES).map(|_| ())
    };
    (5..8).for_each(|units| put_out(units).unwrap());
    vouch(folder.path()).unwrap();
    let good = fs::read(&record).unwrap();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        fs::write(&record, &bad).unwrap();
        let error = vouch(folder.path()).expect_err(&format!("bit {bit} is changed"));
        assert_eq!((error.code, error.place.unwrap().path), ("publications", record.clone()));
    }
    assert_eq!(put_out(9).unwrap_err().code, "publications");
    fs::remove_file(&record).unwrap();
    put_out(9).unwrap();
}

#[test]
fn what_a_publication_that_died_has_begun_goes_with_the_next() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".2026-02-01-0123456789ab.part")).unwrap();
    fs::write(folder.path().join(".2026-02-01-0123456789ab.part/buffers.csv"), "sku").unwrap();
    fs::write(folder.path().join(".CURRENT.part"), "2026").unwrap();
    put_out(&plan(&ten(|_| 5), None, &Approved::None), folder.path());
    let left: Vec<String> = tree(folder.path()).into_iter().map(|(name, _)| name).collect();
    assert!(left.iter().all(|name| !name.contains(".part")), "{left:?}");
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
