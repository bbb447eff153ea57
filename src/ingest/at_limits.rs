//! Every limit just below, at and just beyond it.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use super::{FileContext, Reject, Sink, limits, read_as};
use crate::config::Settings;
use crate::error::Result;
use crate::lake::Table;

#[derive(Default)]
struct Codes(Vec<&'static str>);

impl Sink for Codes {
    fn rows(&mut self, _table: &'static Table, _batch: arrow::array::RecordBatch) -> Result<()> {
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.0.push(reject.code);
        Ok(())
    }
}

/// `accepted`, or the word for why not.
fn outcome(name: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let shop = "[shop]\ncurrency = \"USD\"\n[channel.shopify]\n";
    let settings = Settings::parse(&folder.path().join("trueup.toml"), folder.path(), shop).unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    read(&path, &settings)
}

fn read(path: &Path, settings: &Settings) -> String {
    let mut codes = Codes::default();
    match read_as(path, settings, FileContext::default(), &mut codes) {
        Err(refusal) => refusal.code.to_owned(),
        // A quote that is never closed spoils every line that it runs over, all for the same reason.
        Ok(receipt) if receipt.rejected > 0 => {
            codes.0.dedup();
            codes.0.join(" ")
        }
        Ok(receipt) => if receipt.accepted > 0 { "accepted" } else { "nothing" }.to_owned(),
    }
}

const HEADER: &str = "order_id,channel,sku,qty,unit_price,currency,ordered_at,status,note";

fn order(sku: &str, units: usize, note: &str) -> Vec<u8> {
    format!("{HEADER}\nO1,shopify,{sku},{units},1.00,USD,2026-02-01T00:00:00Z,paid,{note}\n").into_bytes()
}

/// One order of a Shopify shop, a record for each of its notes.
fn long_order(notes: impl Iterator<Item = String>) -> Vec<u8> {
    let mut file = "Name,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,\
        Lineitem sku,Notes\n"
        .to_owned();
    for (place, note) in notes.enumerate() {
        let told = if place == 0 { "paid,USD" } else { "," };
        file += &format!("#1,{told},2026-02-01 10:00:00 -0500,1,Mug,3.00,MUG,{note}\n");
    }
    file.into_bytes()
}

/// A limit: its file at a size, and what one beyond it is called.
struct Limit {
    name: &'static str,
    at: usize,
    file: &'static str,
    make: fn(usize) -> Vec<u8>,
    beyond: &'static str,
}

const LIMITS: &[Limit] = &[
    Limit {
        name: "units of a cell",
        at: limits::QUANTITY as usize,
        file: "orders.csv",
        make: |units| order("MUG", units, ""),
        beyond: "qty_too_large",
    },
    Limit {
        name: "characters of an identifier",
        at: limits::IDENTIFIER_CHARACTERS,
        file: "orders.csv",
        make: |count| order(&"É".repeat(count), 1, ""),
        beyond: "sku_too_long",
    },
    Limit {
        name: "days that a supplier takes",
        at: limits::LEAD_TIME_DAYS as usize,
        file: "products.csv",
        make: |days| format!("sku,title,lead_time_days\nMUG,Mug,{days}\n").into_bytes(),
        beyond: "days_out_of_range",
    },
    Limit {
        name: "line ends of a quoted cell",
        at: limits::QUOTED_LINES,
        file: "orders.csv",
        make: |lines| order("MUG", 1, &format!("\"{}\"", "\n".repeat(lines))),
        beyond: "unterminated_quote",
    },
    Limit {
        name: "bytes of a quoted cell of several lines",
        at: limits::FIELD_BYTES,
        file: "orders.csv",
        make: |bytes| order("MUG", 1, &format!("\"{}\n\"", "a".repeat(bytes - 1))),
        beyond: "unterminated_quote",
    },
    Limit {
        name: "bytes of a record",
        at: limits::RECORD_BYTES,
        file: "orders.csv",
        make: |bytes| {
            let short = order("MUG", 1, "");
            let record = short.len() - HEADER.len() - 2;
            order("MUG", 1, &"a".repeat(bytes - record))
        },
        beyond: "record_too_long",
    },
    Limit {
        name: "records that belong together",
        at: limits::GROUP_RECORDS,
        file: "shopify/orders_export.csv",
        make: |records| long_order((0..records).map(|_| String::new())),
        beyond: "orphan_continuation",
    },
    Limit {
        name: "their bytes, before the last of them",
        at: limits::GROUP_BYTES - 1,
        file: "shopify/orders_export.csv",
        make: |bytes| {
            let bare = "#1,paid,USD,2026-02-01 10:00:00 -0500,1,Mug,3.00,MUG,".len();
            let later = bare - "paid,USD".len() + 1;
            let parts = 16;
            let rest = bytes - bare - later * (parts - 1);
            let wide = |part: usize| "a".repeat(rest / parts + usize::from(part < rest % parts));
            long_order((0..parts).map(wide).chain([String::new()]))
        },
        beyond: "orphan_continuation",
    },
    Limit {
        name: "columns",
        at: limits::COLUMNS,
        file: "orders.csv",
        make: |columns| {
            let more = columns - HEADER.split(',').count();
            let text = String::from_utf8(order("MUG", 1, "")).unwrap();
            let (header, record) = text.trim_end().split_once('\n').unwrap();
            let headers: String = (0..more).map(|place| format!(",x{place}")).collect();
            format!("{header}{headers}\n{record}{}\n", ",".repeat(more)).into_bytes()
        },
        beyond: "too-many-columns",
    },
    Limit {
        name: "lines in which the header is looked for",
        at: limits::HEADER_LINES,
        file: "orders.csv",
        make: |line| [b"About this file\n".repeat(line - 1), order("MUG", 1, "")].concat(),
        beyond: "unknown-layout",
    },
    Limit {
        name: "zero bytes in a row",
        at: limits::TORN_BYTES - 1,
        file: "orders.csv",
        make: |count| [order("MUG", 1, ""), vec![0; count]].concat(),
        beyond: "torn-file",
    },
];

#[test]
fn each_limit_holds_at_its_number_and_not_beyond() {
    let mut wrong = Vec::new();
    for limit in LIMITS {
        for (size, expected) in [(limit.at - 1, "accepted"), (limit.at, "accepted"), (limit.at + 1, limit.beyond)] {
            let told = outcome(limit.file, &(limit.make)(size));
            if told != expected {
                wrong.push(format!("{}: {size} is `{told}` and not `{expected}`", limit.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// So much is not written for this: the file is a hole.
#[test]
fn a_file_beyond_the_limit_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::parse(&folder.path().join("trueup.toml"), folder.path(), "[shop]\ncurrency = \"USD\"\n");
    let path = folder.path().join("orders.csv");
    let mut file = File::create(&path).unwrap();
    file.write_all(&order("MUG", 1, "")).unwrap();
    file.set_len(limits::FILE_BYTES + 1).unwrap();
    assert_eq!(read(&path, &settings.unwrap()), "file-too-large");
}
