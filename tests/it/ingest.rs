//! Exports in, rows and rejects out: goldens of real layouts, hostile files, conservation.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use trueup::config::{
    ChannelKind, ChannelSettings, CostMethod, DriftAlert, FeeSchedule, PolicyTree, Settings, Shop, SyncTier,
};
use trueup::error::Result;
use trueup::ingest::{self, FileContext, Receipt, Reject, Sink};
use trueup::lake::{Lake, Table};
use trueup::types::{Channel, Currency};

/// Keeps everything.
#[derive(Default)]
struct Kept {
    batches: BTreeMap<&'static str, Vec<RecordBatch>>,
    rejects: Vec<Reject>,
}

impl Sink for Kept {
    fn rows(&mut self, table: &'static Table, batch: RecordBatch) -> Result<()> {
        assert_eq!(batch.schema(), table.schema());
        self.batches.entry(table.name).or_default().push(batch);
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejects.push(reject);
        Ok(())
    }
}

fn channel(name: &str, kind: ChannelKind) -> ChannelSettings {
    ChannelSettings {
        name: Channel::new(name),
        line: 1,
        kind,
        tier: 2,
        pool: "main".to_owned(),
        fulfilled_by_channel: kind == ChannelKind::Amazon,
        can_suspend: false,
        sync: SyncTier::NearTime,
        decimal: None,
        date_order: None,
        time_zone: None,
        encoding: None,
        fees: FeeSchedule::default(),
        oversell_penalty: None,
    }
}

fn settings(folder: &Path) -> Settings {
    let shop = Shop {
        name: "Test".to_owned(),
        currency: Currency::USD,
        time_zone: chrono_tz::America::New_York,
        as_of: None,
        cost_method: CostMethod::Standard,
    };
    Settings {
        file: folder.join("trueup.toml"),
        folder: folder.to_owned(),
        shop,
        exports: folder.join("exports"),
        lake: folder.join("lake"),
        reports: folder.join("reports"),
        channels: vec![
            channel("shopify", ChannelKind::Shopify),
            channel("amazon", ChannelKind::Amazon),
            channel("tiktok", ChannelKind::Tiktok),
            channel("wholesale", ChannelKind::Wholesale),
        ],
        policy: PolicyTree::default(),
        alerts: DriftAlert { drift_units: 2, drift_rate: None, latency_minutes: 30, fail: false },
        mappings: Vec::new(),
    }
}

fn context() -> FileContext {
    let modified = "2026-11-22T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp();
    FileContext { modified: Some(trueup::types::Timestamp::from_seconds(modified)), ..FileContext::default() }
}

fn read(path: &Path, settings: &Settings) -> (Result<Receipt>, Kept) {
    let mut kept = Kept::default();
    let receipt = ingest::read_as(path, settings, context(), &mut kept);
    if let Ok(receipt) = &receipt {
        assert!(receipt.balances());
        assert_eq!(receipt.rejected, kept.rejects.len() as u64);
    }
    (receipt, kept)
}

/// The corpus of hostile files, which is not part of the project.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("TRUEUP_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: TRUEUP_CORPUS does not say where the corpus is");
    }
    folder
}

fn codes(kept: &Kept) -> String {
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for reject in &kept.rejects {
        *codes.entry(format!("{}:{}", reject.code, reject.column)).or_default() += 1;
    }
    codes.iter().map(|(code, count)| format!("{code}×{count}")).collect::<Vec<_>>().join(" ")
}

#[test]
fn hostile_files_get_their_verdicts() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("nasty/handmade");
    let settings = settings(&folder);
    let mut reader = csv::Reader::from_path(folder.join("EXPECTED.csv")).unwrap();
    let mut wrong = Vec::new();
    for row in reader.records().map(|row| row.unwrap()) {
        let (name, accepted, rejected, verdict) = (&row[0], &row[3], &row[4], &row[5]);
        let (receipt, kept) = read(&folder.join(name), &settings);
        let told = match &receipt {
            Ok(receipt) => format!("{}+{} {}", receipt.accepted, receipt.rejected, codes(&kept)),
            Err(refusal) => format!("refused {} {refusal}", refusal.code),
        };
        let agrees = match &receipt {
            Err(_) => verdict.contains("reject"),
            Ok(receipt) => {
                verdict != "reject_file"
                    && (accepted == "-1" || accepted == receipt.accepted.to_string())
                    && (rejected == "-1" || rejected == receipt.rejected.to_string())
            }
        };
        let mark = if agrees { "same" } else { "DIFFERS" };
        eprintln!("{mark:8}{name:44} {verdict} {accepted}+{rejected} {} | {told}", &row[6]);
        if !agrees {
            wrong.push(name.to_owned());
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn real_layouts_are_read() {
    let Some(corpus) = corpus() else { return };
    for folder in ["shopify", "amazon", "tiktok"] {
        let mut files: Vec<PathBuf> =
            fs::read_dir(corpus.join("samples").join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for path in files {
            let (receipt, kept) = read(&path, &settings(&corpus));
            let told = match &receipt {
                Ok(receipt) => format!(
                    "{} {}+{} {:?} {:?} {}",
                    receipt.export,
                    receipt.accepted,
                    receipt.rejected,
                    receipt.rows,
                    receipt.structure,
                    codes(&kept)
                ),
                Err(refusal) => format!("refused {} {refusal} hint {:?}", refusal.code, refusal.hint),
            };
            eprintln!("{:70} {told}", path.file_name().unwrap().to_string_lossy());
        }
    }
}

fn made_up_shop(folder: &Path, orders: u64) -> Settings {
    let size = trueup::sample::Size { orders, skus: 30, ..trueup::sample::Size::committed() };
    trueup::sample::write(folder, &size, &mut |_, _| {}).unwrap();
    Settings::read(folder).unwrap()
}

#[test]
fn a_whole_shop_is_read_without_a_loss_and_twice_is_once() {
    let folder = tempfile::tempdir().unwrap();
    let settings = made_up_shop(folder.path(), 1_500);
    let lake = Lake::open(&settings.lake).unwrap();
    let first = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    for file in &first.files {
        eprintln!(
            "{:55} {:28} {}+{} {:?}",
            file.receipt.file, file.receipt.export, file.receipt.accepted, file.receipt.rejected, file.merged
        );
    }
    for problem in first.refused.iter().chain(&first.ignored) {
        eprintln!("{problem} {:?}", problem.hint);
    }
    eprintln!("{:#?}", first.examples);
    assert!(first.refused.is_empty() && first.ignored.is_empty());
    let again = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert!(again.files.is_empty());
    assert_eq!(again.unchanged.len(), first.files.len() + first.unchanged.len());
    assert_eq!(again.snapshot.digest().unwrap(), first.snapshot.digest().unwrap());
}
