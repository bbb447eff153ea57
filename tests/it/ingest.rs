//! Exports in, rows and rejects out: goldens of real layouts, hostile files, conservation.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::display::array_value_to_string;
use proptest::prelude::*;
use trueup::config::{
    ChannelKind, ChannelSettings, CostMethod, DateOrder, Decimal, DriftAlert, FeeSchedule, Mapping, PolicyTree,
    Settings, Shop, SyncTier,
};
use trueup::error::Result;
use trueup::ingest::{self, FileContext, Receipt, Reject, Sink};
use trueup::lake::{Lake, Rows, Table};
use trueup::types::{Channel, Currency};

use crate::project::{Project, said};

/// Keeps everything.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) batches: BTreeMap<&'static str, Vec<RecordBatch>>,
    pub(crate) rejects: Vec<Reject>,
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
        currency: None,
        not_articles: Vec::new(),
        encoding: None,
        prices_hold_tax: None,
        fees: FeeSchedule::default(),
        fees_told: true,
        postage_told: true,
        oversell_penalty: None,
        prices: Default::default(),
    }
}

pub(crate) fn settings(folder: &Path) -> Settings {
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
        ignore: Vec::new(),
        lake: folder.join("lake"),
        reports: folder.join("reports"),
        channels: vec![
            channel("shopify", ChannelKind::Shopify),
            channel("amazon", ChannelKind::Amazon),
            channel("tiktok", ChannelKind::Tiktok),
            channel("wholesale", ChannelKind::Wholesale),
            channel("ebay", ChannelKind::Ebay),
            channel("etsy", ChannelKind::Etsy),
            channel("walmart", ChannelKind::Walmart),
        ],
        policy: PolicyTree::default(),
        analogs: std::collections::BTreeMap::new(),
        alerts: DriftAlert {
            drift_units: 2,
            drift_rate: None,
            latency_minutes: 30,
            stale_after_days: None,
            fail: false,
        },
        exceptions: Default::default(),
        publish: Default::default(),
        query: Default::default(),
        mappings: Vec::new(),
    }
}

fn context() -> FileContext {
    let modified = "2026-11-22T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp();
    FileContext { modified: Some(trueup::types::Timestamp::from_seconds(modified)), ..FileContext::default() }
}

pub(crate) fn read(path: &Path, settings: &Settings) -> (Result<Receipt>, Kept) {
    let mut kept = Kept::default();
    let receipt = ingest::read_as(path, settings, context(), &mut kept);
    if let Ok(receipt) = &receipt {
        assert!(receipt.balances());
        assert_eq!(receipt.rejected, kept.rejects.len() as u64);
    }
    (receipt, kept)
}

/// The corpus of hostile files, which is not part of the project.
pub(crate) fn corpus() -> Option<PathBuf> {
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
    for row in reader.records().map(|row| row.unwrap()) {
        let (name, accepted, rejected, verdict) = (&row[0], &row[3], &row[4], &row[5]);
        if ELSEWHERE.iter().any(|(other, _)| *other == name) {
            continue;
        }
        let (receipt, kept) = read(&folder.join(name), &settings);
        match &receipt {
            Err(refusal) => assert!(verdict.contains("reject"), "{name}: {refusal}"),
            Ok(receipt) => {
                let counted = |count: u64, expected: &str| expected == "-1" || expected == count.to_string();
                let agrees = counted(receipt.accepted, accepted) && counted(receipt.rejected, rejected);
                assert!(verdict != "reject_file" && agrees, "{name}: {receipt:?} {}", codes(&kept));
                assert_eq!(receipt.rejected > 0, verdict.contains("partial"), "{name}");
            }
        }
    }
}

/// Hostile files whose verdict is not a single file's, and who gives it.
const ELSEWHERE: &[(&str, &str)] = &[
    ("o05_conflict_same_version.csv", "the lake, which knows the other state"),
    ("o11_refund_exceeds.csv", "a check over the lake, which knows the sale"),
    ("o12_refund_orphan.csv", "a check over the lake, which knows that there is no sale"),
    ("i01_snapshot.csv", "the lake for the two counts of one instant"),
    ("z10_shared_string_index_out_of_range.xlsx", "refused whole, as `hostile` says why"),
];

/// What comes of real files: the export, records accepted and rejected, rows; or the refusal.
const REAL: &[(&str, &str)] = &[
    ("shopify/inventory_export_1__", "shopify-inventory 67+0 67"),
    ("shopify/inventory_export_location", "shopify-inventory-by-column 3000+0 3000"),
    ("shopify/inventory_export_multi", "shopify-inventory 1538+0 1538"),
    ("shopify/inventory_export_negative", "shopify-inventory 884+0 884"),
    ("shopify/orders_export_FIXTURE", "shopify-orders 2+0 3"),
    ("shopify/orders_export__", "shopify-orders 40+0 59"),
    ("shopify/payment_transactions", "shopify-payments 1593+0 3169"),
    ("shopify/payouts", "shopify-payouts 2+0 2"),
    ("shopify/product_csv", "shopify-products 22+0 22"),
    ("shopify/products_export_1__", "shopify-products 95+0 95"),
    ("shopify/products_export_1_apostrophe", "shopify-products 1842+0 3133"),
    ("amazon/SYNTHETIC_JP", "amazon-transactions-jp 2+0 6"),
    ("amazon/SYNTHETIC_settlement_v2_DE_decimal", "amazon-settlement-v2 3+0 3"),
    ("amazon/SYNTHETIC_settlement_v2_DE_utf16", "amazon-settlement-v2 3+0 3"),
    ("amazon/all_orders", "amazon-orders 3+0 3"),
    ("amazon/awd", "no-table"),
    ("amazon/date_range", "amazon-transactions 0+0 0"),
    ("amazon/fba_customer_returns", "amazon-returns 2+0 2"),
    ("amazon/fba_myi", "amazon-inventory 1+0 1"),
    ("amazon/fba_restock", "no-table"),
    ("amazon/inventory_ledger", "amazon-ledger-balances 1+0 1"),
    ("amazon/merchant_listings", "amazon-listings 40+0 40"),
    ("amazon/settlement_flatfile_v1_CA_50011020300", "amazon-settlement-v1 4+0 4"),
    ("amazon/settlement_flatfile_v1_CA_50018020314", "amazon-settlement-v1 16+0 17"),
    ("amazon/settlement_flatfile_v1_CA_50034020328", "amazon-settlement-v1 190+0 193"),
    ("amazon/settlement_flatfile_v1_CA_50065020384", "amazon-settlement-v1 1245+0 1246"),
    ("amazon/settlement_flatfile_v2", "amazon-settlement-v2 24+0 24"),
    ("amazon/sku_economics", "no-table"),
    ("tiktok/fbt", "tiktok-warehouse 3+0 3"),
    ("tiktok/orders_TH", "ambiguous-date"),
    ("tiktok/orders_US", "tiktok-orders 2+0 2"),
    ("tiktok/tiktok_product_performance", "no-table"),
    ("tiktok/tiktok_shop_orders", "missing-column"),
];

#[test]
fn real_layouts_are_read() {
    let Some(corpus) = corpus() else { return };
    let samples = corpus.join("samples");
    for folder in ["shopify", "amazon", "tiktok"] {
        for entry in fs::read_dir(samples.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&samples).unwrap().to_string_lossy().into_owned();
            let told = match read(&path, &settings(&corpus)).0 {
                Ok(receipt) => {
                    let rows: u64 = receipt.rows.values().sum();
                    format!("{} {}+{} {rows}", receipt.export, receipt.accepted, receipt.rejected)
                }
                Err(refusal) => refusal.code.to_owned(),
            };
            let expected = REAL.iter().filter(|(start, _)| name.starts_with(start)).map(|(_, told)| *told);
            assert_eq!(expected.collect::<Vec<_>>(), [told], "{name}");
        }
    }
}

/// A project with these exports, and its lake.
pub(crate) fn project(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Settings, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    for (name, bytes) in files {
        let path = settings.exports.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let lake = Lake::open(&settings.lake).unwrap();
    (folder, settings, lake)
}

const PLAIN: &str = "order_id,line_id,channel,sku,qty,unit_price,currency,ordered_at,status,updated_at\n";

fn plain(rows: &[&str]) -> Vec<u8> {
    format!("{PLAIN}{}\n", rows.join("\n")).into_bytes()
}

const PAID: &str = "O1,1,shopify,MUG,2,10.00,USD,2026-02-01T00:00:00Z,paid,2026-02-01T00:00:00Z";
const OTHER: &str = "O2,1,shopify,CUP,1,10.00,USD,2026-02-01T00:00:00Z,pending,2026-02-01T00:00:00Z";
const CANCELLED: &str = "O2,1,shopify,CUP,1,10.00,USD,2026-02-01T00:00:00Z,cancelled,2026-02-03T00:00:00Z";
const CONFLICT: &str = "O1,1,shopify,MUG,5,10.00,USD,2026-02-01T00:00:00Z,paid,2026-02-01T00:00:00Z";

#[test]
fn exports_that_overlap_are_one() {
    let whole = plain(&[PAID, OTHER]);
    let (_folder, settings, lake) = project(&[("a.csv", &whole), ("b.csv", &plain(&[OTHER, PAID])), ("c.csv", &whole)]);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!((summary.accepted(), summary.duplicate(), summary.rejected()), (2, 2, 0));
    assert_eq!(summary.unchanged, ["c.csv"]);
    assert_eq!(summary.snapshot.row_count("order_lines"), 2);
}

#[test]
fn a_lake_is_made_anew_where_settings_or_files_are_others() {
    let text = "Ref,Article,Count,Each,When,State\n1,MUG,2,10.00,2026-02-01,New\n";
    let (folder, _, lake) = project(&[("a.csv", &plain(&[PAID])), ("portal.csv", text.as_bytes())]);
    let settings = |state: &str| {
        let toml = format!(
            "[shop]\ncurrency = \"USD\"\n\n[channel.shopify]\n\n[mapping.portal]\ntable = \"order_lines\"\n\
             channel = \"shopify\"\ncolumns = {{ order_id = \"Ref\", sku = \"Article\", quantity = \"Count\", \
             unit_price = \"Each\", ordered_at = \"When\", status = \"State\" }}\n\
             constants = {{ currency = \"USD\" }}\nwords = {{ status = {{ \"New\" = \"{state}\" }} }}\n"
        );
        fs::write(folder.path().join("trueup.toml"), toml).unwrap();
        Settings::read(folder.path()).unwrap()
    };
    let statuses = |summary: &ingest::Summary| -> Vec<String> {
        let rows = summary.snapshot.read("order_lines", None).unwrap();
        rows.text("status").unwrap().iter().flatten().map(str::to_owned).collect()
    };
    let first = ingest::run(&settings("pending"), &lake, &mut |_| {}).unwrap();
    assert_eq!((statuses(&first), first.outdated.len()), (vec!["pending".to_owned(), "paid".to_owned()], 0));

    let corrected = settings("cancelled");
    let told = ingest::run(&corrected, &lake, &mut |_| {}).unwrap();
    assert_eq!((statuses(&told), told.outdated), (statuses(&first), vec!["portal.csv".to_owned()]));
    let afresh = ingest::run_afresh(&corrected, &lake, &mut |_| {}).unwrap();
    assert_eq!(statuses(&afresh), ["cancelled", "paid"]);
    assert_eq!(ingest::run(&corrected, &lake, &mut |_| {}).unwrap().outdated, Vec::<String>::new());

    fs::remove_file(corrected.exports.join("a.csv")).unwrap();
    let taken_back = ingest::run_afresh(&corrected, &lake, &mut |_| {}).unwrap();
    assert_eq!(statuses(&taken_back), ["cancelled"]);
    assert_eq!(trueup::lake::verify(&corrected.lake, true), []);

    fs::write(corrected.exports.join("bad.csv"), b"\x1f\x8b").unwrap();
    assert_eq!(ingest::run_afresh(&corrected, &lake, &mut |_| {}).unwrap_err().code, "not-afresh");
    assert_eq!(lake.snapshot().unwrap().row_count("order_lines"), 1, "the lake stays as it was");
}

/// Newer downloads of Shopify's payments number the payouts, older ones and the summary do not.
#[test]
fn payments_are_the_same_with_and_without_numbers_of_payouts() {
    let header = "Transaction Date,Type,Order,Payout Status,Payout Date,Amount,Fee,Net,Checkout,Currency";
    let row = "2026-02-11 09:55:39 -0500,refund,#1001,paid,2026-02-13,-10.00,1.00,-11.00,#35,USD";
    let older = format!("{header}\n{row}\n");
    let newer = format!("{header},Payout ID\n{row},987654\n");
    let payouts = "Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,Retried Amount,Total,Currency\n\
                   2026-02-13,paid,0.00,-10.00,0.00,0.00,1.00,0.00,-11.00,USD\n";
    let (_folder, settings, lake) = project(&[
        ("shopify/a.csv", older.as_bytes()),
        ("shopify/b.csv", newer.as_bytes()),
        ("shopify/payouts.csv", payouts.as_bytes()),
    ]);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!(summary.rejected(), 0);
    let ids = |table: &str| -> Vec<String> {
        let rows = summary.snapshot.read(table, None).unwrap();
        rows.text("settlement_id").unwrap().iter().flatten().map(str::to_owned).collect()
    };
    assert_eq!(ids("settlement_lines"), ["2026-02-13"; 2]);
    assert_eq!(ids("settlements"), ["2026-02-13"]);
}

#[test]
fn what_shopify_paid_back_is_told_as_it_stands() {
    let header = "Name,Financial Status,Currency,Taxes,Cancelled at,Refunded Amount,Created at,Lineitem quantity,\
                  Lineitem name,Lineitem price,Lineitem sku";
    let text = format!(
        "{header}\n#1,refunded,USD,8.00,,54.00,2026-02-11 09:55:16 -0500,1,Mug,60.00,MUG\n\
         #1,,,,,,2026-02-11 09:55:16 -0500,1,Pot,40.00,POT\n\
         #2,paid,USD,8.00,,0.00,2026-02-11 09:55:16 -0500,1,Mug,60.00,MUG\n"
    );
    let (_folder, settings, lake) = project(&[("shopify/orders.csv", text.as_bytes())]);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    let refunds = summary.snapshot.read("refund_lines", None).unwrap();
    assert_eq!(refunds.text("refund_id").unwrap().iter().collect::<Vec<_>>(), [Some("#1/refunded")]);
    assert_eq!(refunds.money("amount").unwrap().iter().collect::<Vec<_>>(), ["54.00".parse().ok()]);
    for column in ["tax_included", "cumulative"] {
        assert_eq!(refunds.flag(column).unwrap().iter().collect::<Vec<_>>(), [Some(true)], "{column}");
    }
}

#[test]
fn an_order_beyond_any_amount_is_rejected() {
    let header =
        "Name,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku";
    let row = |paid: &str| format!("#1,{paid},2026-02-11 09:55:16 -0500,1,Mug,99999999999999.00,MUG\n");
    let text = format!("{header}\n{}{}", row("paid,USD"), row(",").repeat(9));
    let (_folder, settings, lake) = project(&[("shopify/orders.csv", text.as_bytes())]);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!((summary.accepted(), summary.rejected()), (0, 10));
    let rejects = summary.snapshot.read("rejects", None).unwrap();
    assert_eq!(rejects.text("code").unwrap().iter().collect::<Vec<_>>(), [Some("money_overflow"); 10]);
}

#[test]
fn newer_states_win_and_contradictions_are_told() {
    let (_folder, settings, lake) =
        project(&[("a.csv", &plain(&[CANCELLED])), ("b.csv", &plain(&[PAID, OTHER])), ("c.csv", &plain(&[CONFLICT]))]);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    // Of the two that contradict each other neither is believed.
    assert_eq!((summary.accepted(), summary.rejected()), (2, 2));
    let examples: Vec<_> =
        summary.rejects.iter().map(|kind| (&*kind.first.source_file, kind.first.source_line)).collect();
    assert_eq!(examples, [("b.csv", 2), ("c.csv", 2)]);
    assert!(summary.rejects[0].first.reason.contains("another row of this key and time from c.csv:2"));
    let lines = summary.snapshot.read("order_lines", None).unwrap();
    let status: Vec<_> = lines.text("status").unwrap().iter().flatten().collect();
    assert_eq!(status, ["cancelled"]);
    let rejects = summary.snapshot.read("rejects", None).unwrap();
    assert_eq!(rejects.text("code").unwrap().iter().collect::<Vec<_>>(), [Some("conflicting_duplicate"); 2]);
}

#[test]
fn twins_without_a_line_number_stay_two() {
    let header = "order_id,channel,sku,qty,unit_price,currency,ordered_at,status\n";
    let row = "O10,shopify,MUG,1,10.00,USD,2026-01-11T12:00:00Z,shipped\n";
    let twins = format!("{header}{row}{row}");
    let (_folder, settings, lake) = project(&[("a.csv", twins.as_bytes()), ("b.csv", format!("{twins}\n").as_bytes())]);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!((summary.accepted(), summary.duplicate()), (2, 2));
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let (_folder, settings, lake) = project(&[
        ("a.csv", &plain(&[PAID])),
        ("login.csv", b"<!doctype html><title>Sign in</title>"),
        ("notes.csv", b"call the dealer,tomorrow\n"),
        ("amazon/settlement.txt", &fs::read(goldens().join("amazon_settlement_v2_short.txt")).unwrap()),
        ("notes.md", b"# not looked at"),
        (".hidden.csv", b"not looked at"),
    ]);
    let mut told = Vec::new();
    let summary = ingest::run(&settings, &lake, &mut |event| told.push(event)).unwrap();
    let codes: Vec<&str> = summary.refused.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["control-total", "not-tabular"]);
    assert_eq!(summary.ignored.len(), 1);
    assert_eq!(told.len(), 4);
    assert_eq!(summary.snapshot.row_count("order_lines"), 1);
    assert_eq!(summary.snapshot.row_count("settlement_lines"), 0);
}

#[test]
fn a_lead_time_that_is_a_date_is_refused() {
    let products = b"sku,title,lead_time_days\nMUG,Mug,14\nCUP,Cup,45992\n";
    let (_folder, settings, lake) = project(&[("truth/products.csv", products)]);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!((summary.accepted(), summary.rejected()), (1, 1));
    assert_eq!((summary.rejects[0].first.code, summary.rejects[0].first.source_line), ("days_out_of_range", 3));
}

#[test]
fn a_large_file_that_is_refused_does_not_stop_the_others() {
    let filler = "x".repeat(900_000);
    let row = format!("O1,CUP,1,10.00,01/02/2026 10:00,open,{filler}\n");
    let text = format!("Order No,Item,Qty,Price each,Ordered,State,Notes\n{}", row.repeat(76));
    let (_folder, mut settings, lake) = project(&[
        ("wholesale/a.csv", text.as_bytes()),
        ("wholesale/b.csv", text.as_bytes()),
        ("z.csv", &plain(&[PAID])),
    ]);
    settings.mappings = vec![Mapping { date_order: None, ..portal() }];
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    let codes: Vec<&str> = summary.refused.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["ambiguous-date"; 2]);
    assert_eq!((summary.accepted(), summary.snapshot.sources().len()), (1, 1));
}

#[test]
fn a_file_with_refused_rows_is_read_again_with_other_settings() {
    let row = "O3,1,popup,MUG,1,10.00,USD,2026-02-01T00:00:00Z,paid,2026-02-01T00:00:00Z";
    let (_folder, mut settings, lake) = project(&[("a.csv", &plain(&[PAID, row]))]);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!((summary.accepted(), summary.rejected()), (1, 1));
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!(summary.unchanged, ["a.csv"], "the same settings read the same");
    settings.channels.push(channel("popup", ChannelKind::Other));
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!((summary.accepted(), summary.duplicate(), summary.rejected()), (1, 1, 0));
    let after = &summary.snapshot;
    assert_eq!((after.row_count("order_lines"), after.row_count("rejects"), after.sources().len()), (2, 0, 1));
    settings.channels.pop();
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!(summary.unchanged, ["a.csv"], "nothing of it is refused any more");
}

#[test]
fn the_order_of_files_and_where_one_is_cut_do_not_matter() {
    let bytes = fs::read(goldens().join("amazon_orders.txt")).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let mut lines = text.split_inclusive('\n');
    let header = lines.next().unwrap();
    let rows: Vec<&str> = lines.collect();
    let digest = |files: &[(&str, &[u8])]| {
        let (_folder, settings, lake) = project(files);
        let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
        let lines = summary.snapshot.read("order_lines", None).unwrap();
        let names: Vec<String> = (0..lines.len())
            .map(|row| {
                let cell = |column: &str| lines.text(column).unwrap().get(row).unwrap_or_default().to_owned();
                format!(
                    "{} {} {} {:?}",
                    cell("order_id"),
                    cell("line_id"),
                    cell("status"),
                    lines.money("gross").unwrap().get(row)
                )
            })
            .collect();
        names
    };
    let whole = digest(&[("a.txt", text.as_bytes())]);
    assert_eq!(whole.len(), 5);
    // Cut between orders: a channel's export holds an order's lines together.
    for at in [2, 3, 4] {
        let (first, second) = (format!("{header}{}", rows[..at].concat()), format!("{header}{}", rows[at..].concat()));
        assert_eq!(digest(&[("a.txt", first.as_bytes()), ("b.txt", second.as_bytes())]), whole);
        assert_eq!(digest(&[("a.txt", second.as_bytes()), ("b.txt", first.as_bytes())]), whole);
    }
}

#[test]
fn no_file_of_the_corpus_is_lost_or_ends_the_run() {
    let Some(corpus) = corpus() else { return };
    let settings = settings(&corpus);
    let mut folders = vec![corpus.join("nasty"), corpus.join("samples")];
    let mut read_whole = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(receipt) = read(&path, &settings).0 {
                read_whole += u64::from(receipt.balances());
            }
        }
    }
    assert!(read_whole > 80, "{read_whole}");
}

/// Small files in the real layouts, each beside what must come of it.
pub(crate) fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ingest")
}

/// The dealer portal's own layout.
fn portal() -> Mapping {
    let pairs =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Mapping {
        name: "portal".to_owned(),
        line: 1,
        channel: Some(Channel::new("wholesale")),
        table: "order_lines".to_owned(),
        columns: [
            ("order_id", "Order No"),
            ("ordered_at", "Ordered"),
            ("sku", "Item"),
            ("quantity", "Qty"),
            ("unit_price", "Price each"),
            ("status", "State"),
        ]
        .map(|(name, header)| (name.to_owned(), header.into()))
        .into(),
        constants: pairs(&[("currency", "EUR")]),
        words: [("status".to_owned(), pairs(&[("open", "paid"), ("delivered", "shipped"), ("void", "cancelled")]))]
            .into(),
        decimal: Some(Decimal::Comma),
        date_order: Some(DateOrder::DayMonthYear),
        time_zone: Some(chrono_tz::Europe::Berlin),
        ..Mapping::default()
    }
}

pub(crate) fn golden_settings() -> Settings {
    Settings { exports: goldens(), mappings: vec![portal()], ..settings(&goldens()) }
}

/// A table's known cells, one row per line.
pub(crate) fn written(batches: &[RecordBatch]) -> String {
    let mut text = String::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let schema = batch.schema();
            let known = schema.fields().iter().zip(batch.columns()).filter(|(field, array)| {
                array.is_valid(row) && !matches!(field.name().as_str(), "source_file" | "run")
            });
            let cells: Vec<String> = known
                .map(|(field, array)| {
                    let instant =
                        Rows::new("golden", batch.clone()).timestamp(field.name()).ok().and_then(|at| at.get(row));
                    let text = instant.map(|at| at.to_string());
                    format!("{}={}", field.name(), text.unwrap_or_else(|| array_value_to_string(array, row).unwrap()))
                })
                .collect();
            text.push_str(&format!("  {}\n", cells.join(" | ")));
        }
    }
    text
}

fn told(path: &Path, settings: &Settings) -> String {
    let (receipt, kept) = read(path, settings);
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let receipt = match receipt {
        Err(refusal) => {
            let hint = refusal.hint.clone().unwrap_or_default();
            return format!("{name} is refused\n  {}: {}\n  hint: {hint}\n", refusal.code, refusal.message);
        }
        Ok(receipt) => receipt,
    };
    let known = ingest::recognise(path, settings).unwrap();
    let mut text = format!("{name} is {} by {}\n", known.export, known.why);
    text.push_str(&format!("  {}, {:?}, header on line {}\n", known.encoding, known.delimiter, known.header_line));
    text.push_str(&format!(
        "  {} read = {} accepted + {} rejected",
        receipt.rows_read, receipt.accepted, receipt.rejected
    ));
    let structure = receipt.structure.iter().map(|(what, span)| format!("{} {what} ({})", span.lines, span.bytes));
    let structure: Vec<String> = structure.collect();
    text.push_str(&format!("; bytes {} = {} + {} + ", receipt.bytes, receipt.accepted_bytes, receipt.rejected_bytes));
    text.push_str(&format!("{}\n", structure.join(", ")));
    for (table, batches) in &kept.batches {
        text.push_str(&format!("{table}\n{}", written(batches)));
    }
    for reject in &kept.rejects {
        let Reject { source_line, column, code, reason, text: cell, offset, length, .. } = reject;
        text.push_str(&format!("rejected {source_line} at {offset}+{length} `{column}` {code}: {reason}: {cell}\n"));
    }
    text
}

#[test]
fn layouts_become_what_their_goldens_say() {
    let settings = golden_settings();
    let mut files: Vec<PathBuf> = fs::read_dir(goldens()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending != "golden"));
    files.sort();
    assert!(files.len() > 20);
    for path in files {
        let text = told(&path, &settings);
        let golden = path.with_file_name(format!("{}.golden", path.file_name().unwrap().to_string_lossy()));
        if std::env::var_os("TRUEUP_BLESS").is_some() {
            fs::write(&golden, &text).unwrap();
        }
        assert_eq!(text, fs::read_to_string(&golden).unwrap_or_default(), "{}", golden.display());
    }
}

/// Contents that are one export with one thing changed give the same rows.
#[track_caller]
pub(crate) fn same_rows(name: &str, change: impl Fn(&[u8]) -> Vec<u8>) {
    let settings = golden_settings();
    let folder = tempfile::tempdir().unwrap();
    let bytes = fs::read(goldens().join(name)).unwrap();
    let changed = folder.path().join(name);
    fs::write(&changed, change(&bytes)).unwrap();
    let rows = |path: &Path| {
        let (receipt, kept) = read(path, &settings);
        let receipt = receipt.unwrap();
        (receipt.accepted, receipt.rejected, kept.batches.values().map(|batches| written(batches)).collect::<String>())
    };
    assert_eq!(rows(&changed), rows(&goldens().join(name)));
}

/// A file may have been cut in its last cell alone, and only there is it looked for.
#[test]
fn a_line_end_at_the_end_of_a_file_is_no_data() {
    let settings = golden_settings();
    let folder = tempfile::tempdir().unwrap();
    let files = fs::read_dir(goldens()).unwrap().map(|entry| entry.unwrap().path());
    for path in files.filter(|path| path.extension().is_some_and(|ending| ending == "csv" || ending == "txt")) {
        let bytes = fs::read(&path).unwrap();
        let Some(cut) = bytes.strip_suffix(b"\n").map(|bytes| bytes.strip_suffix(b"\r").unwrap_or(bytes)) else {
            continue;
        };
        let shorter = folder.path().join(path.file_name().unwrap());
        fs::write(&shorter, cut).unwrap();
        let outcome = |path: &Path| {
            let (receipt, kept) = read(path, &settings);
            let rows: String = kept.batches.values().map(|batches| written(batches)).collect();
            (receipt.map(|receipt| (receipt.accepted, receipt.rejected)).map_err(|refusal| refusal.code), rows)
        };
        assert_eq!(outcome(&shorter), outcome(&path), "{}", path.display());
    }
}

pub(crate) fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(bytes.to_vec()).unwrap().replace(from, to).into_bytes()
}

#[test]
fn line_ends_marks_and_delimiters_change_nothing() {
    same_rows("amazon_orders.txt", |bytes| replaced(bytes, "\n", "\r\n"));
    same_rows("shopify_payments.csv", |bytes| replaced(bytes, ",", ";"));
    same_rows("shopify_payments.csv", |bytes| [b"\xef\xbb\xbf", bytes].concat());
    same_rows("shopify_payments.csv", |bytes| replaced(bytes, "\n", "\r"));
    same_rows("amazon_settlement_v2_comma.txt", |bytes| replaced(bytes, "settlement-id", " Settlement\u{2013}ID "));
    same_rows("amazon_settlement_v2_comma.txt", |bytes| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        [vec![0xfe, 0xff], text.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat()
    });
}

#[test]
fn a_column_that_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    let bytes = fs::read(goldens().join("shopify_orders.csv")).unwrap();
    fs::write(&path, replaced(&bytes, "Lineitem price", "Lineitem prize")).unwrap();
    let refusal = read(&path, &golden_settings()).0.unwrap_err();
    assert_eq!(refusal.code, "missing-column");
    assert!(refusal.message.contains("`Lineitem price`"), "{refusal}");
}

#[test]
fn only_regular_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link.csv");
    std::os::unix::fs::symlink(goldens().join("plain_orders.csv"), &link).unwrap();
    assert_eq!(read(&link, &golden_settings()).0.unwrap_err().code, "not-a-file");
    assert_eq!(read(folder.path(), &golden_settings()).0.unwrap_err().code, "not-a-file");
}

#[test]
fn a_channel_must_be_told_where_two_could_be_meant() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    settings.channels.push(channel("outlet", ChannelKind::Shopify));
    let payments = fs::read(goldens().join("shopify_payments.csv")).unwrap();
    fs::create_dir_all(settings.exports.join("outlet")).unwrap();
    let (loose, filed) = (settings.exports.join("payments.csv"), settings.exports.join("outlet/payments.csv"));
    fs::write(&loose, &payments).unwrap();
    fs::write(&filed, &payments).unwrap();
    assert_eq!(read(&loose, &settings).0.unwrap_err().code, "ambiguous-channel");
    assert_eq!(read(&filed, &settings).0.unwrap().channel, Some(Channel::new("outlet")));
    settings.channels.retain(|channel| channel.kind != ChannelKind::Shopify);
    assert_eq!(read(&loose, &settings).0.unwrap_err().code, "unknown-channel");
}

/// Every golden's bytes, to be damaged.
fn good_files() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<PathBuf> = fs::read_dir(goldens()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending != "golden"));
    files.sort();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

/// One thing that can happen to a file.
#[derive(Clone, Debug)]
enum Damage {
    Flip(usize, u8),
    Cut(usize),
    Double(usize, usize),
    Insert(usize, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Flip(at, byte)),
        any::<usize>().prop_map(Damage::Cut),
        (any::<usize>(), any::<usize>()).prop_map(|(from, to)| Damage::Double(from, to)),
        (any::<usize>(), prop::sample::select(b"\",;\t\r\n\0=-.".to_vec()))
            .prop_map(|(at, byte)| Damage::Insert(at, byte)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        let length = bytes.len().max(1);
        match damage {
            Damage::Flip(at, byte) => bytes.iter_mut().skip(at % length).take(1).for_each(|old| *old ^= byte),
            Damage::Cut(at) => bytes.truncate(at % length),
            Damage::Double(from, to) => {
                let (from, to) = (from % length, to % length);
                let copy = bytes.get(from.min(to)..from.max(to)).unwrap_or_default().to_vec();
                bytes.extend(copy);
            }
            Damage::Insert(at, byte) => bytes.insert(at % length.min(bytes.len() + 1), *byte),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever happened to a file, it is refused or every record and byte of it is accounted for.
    #[test]
    fn no_damage_loses_a_record(which in any::<prop::sample::Index>(), damages in prop::collection::vec(damage(), 1..4)) {
        let files = good_files();
        let (name, bytes) = which.get(&files);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, damaged(bytes.clone(), &damages)).unwrap();
        let (receipt, kept) = read(&path, &golden_settings());
        if let Ok(receipt) = receipt {
            let rows: usize = kept.batches.values().flatten().map(RecordBatch::num_rows).sum();
            prop_assert_eq!(rows as u64, receipt.rows.values().sum::<u64>());
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
    assert!(first.refused.is_empty() && first.ignored.is_empty());
    let again = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!((first.rejected(), first.duplicate()), (0, 0));
    assert_eq!(first.accepted(), first.files.iter().flat_map(|file| file.receipt.rows.values()).sum::<u64>());
    assert!(again.files.is_empty());
    assert_eq!(again.unchanged.len(), first.files.len() + first.unchanged.len());
    assert_eq!(again.snapshot.digest().unwrap(), first.snapshot.digest().unwrap());
}

/// Every file of a folder as the only one of a project: how many of its orders tie with their totals, differ
/// or cannot be told, and what its settlements state and come to. The folder names its channel.
#[test]
fn control_totals_of_a_corpus() {
    let Some(corpus) = corpus() else { return };
    let channels = ["amazon", "bigcommerce", "ebay", "etsy", "shopify", "tiktok", "walmart", "woocommerce"];
    let tables: String = channels.iter().map(|channel| format!("[channel.{channel}]\n")).collect();
    let settings = format!("[shop]\ncurrency = \"USD\"\ntime-zone = \"America/New_York\"\n\n{tables}");
    let (mut read, mut told) = (0, String::new());
    for (channel, path) in channels.iter().flat_map(|channel| files_of(&corpus, channel)) {
        let name = format!("{channel}/{}", path.file_name().unwrap().to_string_lossy());
        let project = Project::of(&settings, &[]);
        let copy = project.path("exports").join(&name);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&path, copy).unwrap();
        let run = project.trueup(&["run"]);
        assert!(run.status.code().is_some_and(|code| code < 3), "{name}: {}", said(&run));
        read += 1;
        let rows = CONTROL_TOTALS.iter().flat_map(|(sheet, columns)| {
            sheet_rows(&project, sheet, columns).into_iter().map(move |row| format!("    {sheet}: {row}\n"))
        });
        told += &format!("{name}\n{}", rows.collect::<String>());
    }
    std::io::stdout().write_all(told.as_bytes()).unwrap();
    assert!(read > 0, "no file lies in a folder of a channel under {}", corpus.display());
}

/// The sheets that hold documents against themselves, and what they say.
const CONTROL_TOTALS: &[(&str, &[&str])] = &[
    ("order_totals", &["tied", "differing", "untold", "difference", "currency"]),
    ("order_differences", &["order_id", "against", "total", "lines_sum", "difference", "part"]),
    ("settlements", &["settlement_id", "total", "lines_sum", "difference", "currency"]),
];

/// The files of a channel's folder, in the corpus or among its samples.
fn files_of(corpus: &Path, channel: &'static str) -> Vec<(&'static str, PathBuf)> {
    let folders = [corpus.join(channel), corpus.join("samples").join(channel)];
    let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.into_iter().map(|path| (channel, path)).collect()
}

fn sheet_rows(project: &Project, sheet: &str, columns: &[&str]) -> Vec<String> {
    let Ok(mut rows) = csv::Reader::from_path(project.path(&format!("reports/{sheet}.csv"))) else { return Vec::new() };
    let headers = rows.headers().unwrap().clone();
    let place = |column: &&str| headers.iter().position(|header| header == *column).expect("a column of the sheet");
    let places: Vec<(&str, usize)> = columns.iter().map(|column| (*column, place(column))).collect();
    let told = |row: csv::StringRecord| {
        let cells = places.iter().map(|(column, place)| format!("{column} {}", &row[*place]));
        cells.collect::<Vec<_>>().join(", ")
    };
    rows.records().map(|row| told(row.unwrap())).collect()
}
