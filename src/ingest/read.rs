//! One file from its first byte to its last, a few blocks of records at a time on all cores: every
//! record becomes rows or a reject, and what comes out is what one thread would have made of it.

use std::io;
use std::path::Path;

use rayon::prelude::*;

use super::context::Context;
use super::limits;
use super::output::{Output, Ready};
use super::reading::Reading;
use super::receipt::{Receipt, Sink};
use super::recognise::{Body, Known};
use super::records::{Block, Records};
use super::settle::settle;
use super::sisters::Sisters;
use super::total_row;
use crate::error::{Diagnostic, Place, Result};

/// Blocks per thread that are read before their rows are put in order.
pub(super) const WAVE_BLOCKS: usize = 4;

/// Reads a file that is recognised.
pub(crate) fn read(
    path: &Path,
    known: &Known<'_>,
    context: Context,
    (sisters, sink): (&Sisters<'_>, &mut dyn Sink),
) -> Result<Receipt> {
    read_in_blocks(path, known, context, (sisters, sink), limits::BLOCK_BYTES)
}

/// The same in blocks of so many bytes, which changes nothing of what comes out.
fn read_in_blocks(
    path: &Path,
    known: &Known<'_>,
    context: Context,
    (sisters, sink): (&Sisters<'_>, &mut dyn Sink),
    bytes: usize,
) -> Result<Receipt> {
    let read = read_to_its_end(path, known, context, (sisters, &mut *sink), bytes);
    // Of a file that changed, not even its bytes add up.
    known.source.before.unless_changed(path, read)?.finish(sink)
}

fn read_to_its_end<'a>(
    path: &Path,
    known: &'a Known<'_>,
    mut context: Context,
    (sisters, sink): (&Sisters<'_>, &mut dyn Sink),
    bytes: usize,
) -> Result<Output<'a>> {
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    let with_offset = settle(path, known, &mut context, sisters)?;
    let mut reading = Reading::new(known, context, with_offset);
    reading.total = total_row::find(known, &reading.context.locale).map_err(failed)?;
    reading.out.receipt.decimal = reading.context.locale.decimal;
    reading.out.receipt.structural_if("byte order mark", known.source.mark);
    if matches!(known.body, Body::Sheet(_)) {
        reading.out.receipt.structural("workbook", known.source.bytes);
    }
    let mut text = known.records().map_err(failed)?;
    preamble(known, &mut text, &mut reading).map_err(failed)?;
    text.set_dialect(known.dialect);
    // The first block tells what the others may take for granted.
    let mut blocks = next_blocks(&mut text, 1, bytes).map_err(failed)?;
    let mut ready = Ready::default();
    while !blocks.is_empty() {
        let wave = WAVE_BLOCKS * rayon::current_num_threads();
        let cut = || next_blocks(&mut text, wave, bytes);
        let read = || stretches(&mut reading, &blocks);
        let ((more, done), delivered) = rayon::join(|| rayon::join(cut, read), || ready.deliver(sink));
        delivered?;
        done.map_err(failed)?;
        blocks = more.map_err(failed)?;
        ready = reading.out.take()?;
    }
    ready.deliver(sink)?;
    reading.end();
    reading.shape.finish().map_err(|mut refusal| {
        refusal.place.get_or_insert(Place { path: path.to_owned(), line: None, excerpt: None });
        refusal
    })?;
    Ok(reading.out)
}

pub(super) fn next_blocks(text: &mut Records<'_>, count: usize, bytes: usize) -> io::Result<Vec<Block>> {
    let mut blocks = Vec::new();
    while blocks.len() < count
        && let Some(block) = text.block(bytes)?
    {
        blocks.push(block);
    }
    Ok(blocks)
}

/// Reads blocks that follow each other: all at once where none needs what another says.
fn stretches(reading: &mut Reading<'_>, blocks: &[Block]) -> io::Result<()> {
    let began_with = reading.context.locale.currency;
    let mut forks = Vec::new();
    if blocks.len() > 1 {
        let mut offset = reading.offset;
        for block in blocks {
            let Some(fork) = reading.fork(offset) else { break };
            offset += reading.block_length(block);
            forks.push((fork, block));
        }
    }
    if forks.is_empty() {
        return blocks.iter().try_for_each(|block| reading.block(block));
    }
    let read = forks.into_par_iter().map(|(mut fork, block)| fork.block(block).map(|()| (fork, block)));
    for read in read.collect::<Vec<_>>() {
        let (fork, block) = read?;
        if !reading.join(fork, began_with) {
            reading.block(block)?;
        }
    }
    Ok(())
}

fn preamble(known: &Known<'_>, text: &mut Records<'_>, reading: &mut Reading<'_>) -> io::Result<()> {
    for line in 1..=known.header_line {
        let Some(record) = text.read()? else { break };
        reading.structural(if line == known.header_line { "header" } else { "preamble" }, &record);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    mod changes;
    mod currencies;
    mod ends;
    mod nameless;
    mod second;

    use std::fs;

    use arrow::array::RecordBatch;

    use super::*;
    use crate::config::Settings;
    use crate::ingest::receipt::{FileContext, Reject};
    use crate::ingest::source::Source;
    use crate::ingest::{channels, recognise};
    use crate::lake::Table;

    const SHOPIFY: &str = "Name,Financial Status,Currency,Subtotal,Shipping,Taxes,Created at,Lineitem quantity,\
        Lineitem name,Lineitem price,Lineitem sku,Notes\n";
    const SETTLEMENT: &str = "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\t\
        currency\ttransaction-type\torder-id\tamount-type\tamount-description\tamount\tposted-date\tposted-date-time\t\
        order-item-code\tsku\tquantity-purchased\n";

    const SHOP: &str = r#"
[shop]
currency = "USD"
time-zone = "America/New_York"

[channel.shopify]
[channel.amazon]
[channel.ebay]
[channel.etsy]
[channel.tiktok]
[channel.walmart]
[channel.bigcommerce]

[channel.portal]
kind = "other"

[mapping.moves]
table = "stock_movements"
columns = { at = "When", sku = "Item", quantity = "Units", kind = "Why" }
constants = { location = "main" }
"#;

    /// Orders of one to three lines of any width, a broken line, a quote over two lines, one never closed.
    fn orders() -> String {
        let mut text = SHOPIFY.to_owned();
        for number in 0..40_usize {
            let wide = "x".repeat(number * 7 % 31);
            let note = ["", "\"two\nlines\"", "plain"][number % 3];
            text += &format!(
                "#{number},paid,USD,9.00,1.00,0.70,2026-01-{:02} 10:00:00 -0500,1,Thing {wide},3.00,S-{number},{note}\n",
                number % 28 + 1
            );
            for line in 0..number % 3 {
                text += &format!("#{number},,,,,,2026-01-02 10:00:00 -0500,1,Thing {wide}{line},3.00,S-{line},\n");
            }
            if number % 11 == 5 {
                text += "#bad,paid,USD,1,1,1,2026-01-02 10:00:00 -0500,1,Torn,3.0.0,S,\n#short,paid\n";
            }
        }
        text + "#open,paid,USD,1,1,1,2026-01-02 10:00:00 -0500,1,Open,3.00,S,\"never closed\n#after,paid\n"
    }

    /// A settlement whose lines lack the currency of its head, with twins.
    fn settlement() -> String {
        let head = "7\t2026-01-01 05:00:00 UTC\t2026-01-15 05:00:00 UTC\t2026-01-16 05:00:00 UTC";
        let mut text = format!("{SETTLEMENT}{head}\t-60.00\tUSD\t\t\t\t\t\t\t\t\t\t\n");
        for number in 0..20 {
            let line = format!(
                "7\t\t\t\t\t\tOrder\t1-{}\tItemFees\tCommission\t-3.00\t2026-01-05\t2026-01-05 10:00:00 UTC\t9\tS\t1\n",
                number / 2
            );
            text += &line;
        }
        text
    }

    #[derive(Default)]
    struct Seen {
        rows: Vec<String>,
        rejects: Vec<Reject>,
    }

    impl Sink for Seen {
        fn rows(&mut self, table: &'static Table, batch: RecordBatch) -> Result<()> {
            for row in 0..batch.num_rows() {
                self.rows.push(format!("{} {:?}", table.name, batch.slice(row, 1).columns()));
            }
            Ok(())
        }

        fn reject(&mut self, reject: Reject) -> Result<()> {
            self.rejects.push(reject);
            Ok(())
        }
    }

    fn read_with(folder: &Path, name: &str, bytes: usize) -> (Vec<String>, Vec<Reject>, Receipt) {
        let (mut seen, receipt) = try_read(folder, name, bytes);
        seen.rows.sort();
        seen.rejects.sort_by_key(|reject| reject.source_line);
        (seen.rows, seen.rejects, receipt.unwrap())
    }

    fn try_read(folder: &Path, name: &str, bytes: usize) -> (Seen, Result<Receipt>) {
        let settings = Settings::read(folder).unwrap();
        let path = settings.exports.join(name);
        let layouts = channels::layouts(&settings).unwrap();
        let known = recognise::recognise(&path, Source::open(&path).unwrap(), &settings, &layouts).unwrap();
        let file = FileContext { name: name.to_owned(), run: "run".to_owned(), modified: None };
        let context = Context::new(&path, &file, &settings, known.channel);
        let mut seen = Seen::default();
        let sisters = Sisters::new(&settings, &layouts);
        let receipt = read_in_blocks(&path, &known, context, (&sisters, &mut seen), bytes);
        (seen, receipt)
    }

    /// A shop with this file.
    fn shop(name: &str, text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("trueup.toml"), SHOP).unwrap();
        let path = folder.path().join("exports").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        folder
    }

    /// Holds a file in blocks of each of these sizes against the file in one.
    fn held_together(name: &str, text: &str, sizes: impl IntoIterator<Item = usize>) {
        let folder = shop(name, text);
        let whole = read_with(folder.path(), name, text.len());
        assert!(whole.0.len() >= 20, "{:?}", whole.1);
        for bytes in sizes {
            let cut = read_with(folder.path(), name, bytes);
            assert_eq!(cut.2, whole.2, "{name} in blocks of {bytes}");
            assert_eq!(cut.1, whole.1, "{name} in blocks of {bytes}");
            assert_eq!(cut.0, whole.0, "{name} in blocks of {bytes}");
        }
    }

    #[test]
    fn where_a_file_is_cut_changes_nothing() {
        held_together("shopify/orders.csv", &orders(), (1..400).step_by(13));
        held_together("amazon/settlement.txt", &settlement(), (1..400).step_by(13));
    }

    /// Of an order of more records than are believed to belong together none is, wherever the file is cut.
    #[test]
    fn an_order_beyond_the_limit_is_refused_as_a_whole() {
        let whole = orders().replace("#open", "#last").replace("\"never closed\n#after,paid\n", "\n");
        let mut text = whole + "#1,paid,USD,9.00,1.00,0.70,2026-01-02 10:00:00 -0500,1,First,3.00,S-0,\n";
        for line in 0..limits::GROUP_RECORDS + 200 {
            text += &format!("#1,,,,,,2026-01-02 10:00:00 -0500,1,Thing {line},3.00,S-{},\n", line % 7);
        }
        held_together("shopify/orders.csv", &text, [5_000, 131_072, text.len() - 9_000]);
    }

    /// Pictures of a product are rows that hold no article; they are no data, wherever the cut is.
    #[test]
    fn rows_that_belong_to_the_first_record_may_be_no_data() {
        let mut text = "Handle,Title,Option1 Value,Option2 Value,Option3 Value,Variant SKU,Variant Price,\
            Variant Compare At Price,Image Src\n"
            .to_owned();
        text += &"\n".repeat(40);
        for number in 0..30 {
            text += &format!("mug-{number},Mug,Blue,,,MUG-{number},12.00,,a.jpg\n");
            text += &format!("mug-{number},,,,,,,,b.jpg\n").repeat(if number == 0 { 30 } else { 2 });
        }
        held_together("shopify/products_export_2026-02-28.csv", &text, (1..300).step_by(7));
    }

    #[test]
    fn a_settlement_may_go_beyond_any_amount_and_come_back() {
        let head = "7\t2026-01-01 05:00:00 UTC\t2026-01-15 05:00:00 UTC\t2026-01-16 05:00:00 UTC\t30.00\tUSD";
        let line = |amount: &str, number: usize| {
            format!(
                "7\t\t\t\t\tUSD\tOrder\t1-{number}\tItemFees\tCommission\t{amount}\t2026-01-05\t\
                 2026-01-05 10:00:00 UTC\t9\tS\t1\n"
            )
        };
        let mut text = format!("{SETTLEMENT}{head}\t\t\t\t\t\t\t\t\t\t\n");
        let huge = ["90000000000000.00", "90000000000000.00", "-90000000000000.00", "-90000000000000.00"];
        (0..30).for_each(|number| text += &line("1.00", number));
        huge.iter().enumerate().for_each(|(number, amount)| text += &line(amount, 100 + number));
        held_together("amazon/settlement.txt", &text, (1..400).step_by(13));
    }

    #[test]
    fn a_record_that_is_too_long_is_told_however_it_begins() {
        let odd = format!("{}#2,paid{}", "\u{1}".repeat(250), "x".repeat(limits::RECORD_BYTES));
        let text = format!("{}{odd}", orders());
        let folder = shop("shopify/orders.csv", &text);
        let (_, rejects, _) = read_with(folder.path(), "shopify/orders.csv", 1 << 20);
        assert_eq!(rejects.last().unwrap().code, "record_too_long");
    }

    #[test]
    fn half_an_order_at_the_end_of_a_file_is_refused() {
        let whole = orders();
        let before_open = &whole[..whole.find("#open").unwrap()];
        let order = "#77,paid,USD,9.00,1.00,0.70,2026-01-09 10:00:00 -0500,1,Thing,3.00,S-1,\n";
        let text = format!("{before_open}{order}#77,,,,,,2026-01-");
        for bytes in [1, 60, text.len() - 80, text.len()] {
            let folder = shop("shopify/orders.csv", &text);
            let (rows, rejects, receipt) = read_with(folder.path(), "shopify/orders.csv", bytes);
            assert!(!rows.iter().any(|row| row.contains("#77")), "in blocks of {bytes}");
            let last: Vec<&str> = rejects.iter().rev().take(2).map(|reject| reject.code).collect();
            assert_eq!(last, ["truncated_last_record"; 2], "in blocks of {bytes}");
            assert!(receipt.balances());
        }
        let text = format!("{before_open}{order}#77,paid,USD,9.00,1.00,0.70,\"2026-01-09");
        let folder = shop("shopify/orders.csv", &text);
        let (rows, rejects, _) = read_with(folder.path(), "shopify/orders.csv", 60);
        assert!(!rows.iter().any(|row| row.contains("#77")), "the quote is never closed");
        assert_eq!(rejects.last().unwrap().code, "unterminated_quote");
        let text = format!("{before_open}{order}#78,,,,,,2026-01-");
        let folder = shop("shopify/orders.csv", &text);
        let (rows, rejects, _) = read_with(folder.path(), "shopify/orders.csv", 60);
        assert!(rows.iter().any(|row| row.contains("#77")), "what is cut off belongs to another order");
        assert_eq!(rejects.last().unwrap().code, "truncated_last_record");
    }

    #[test]
    fn a_line_beyond_the_limit_may_stand_at_the_edge_of_a_block() {
        let giant = "x".repeat(limits::RECORD_BYTES + 1);
        let before = orders().len() - SHOPIFY.len();
        let text = format!("{}{giant}\n{}", orders(), orders().strip_prefix(SHOPIFY).unwrap());
        held_together("shopify/orders.csv", &text, [before - 1, before, before + 1, 2 * before, 1 << 20]);
    }

    #[test]
    fn no_file_has_more_than_so_many_records_or_rejects() {
        let folder = shop("shopify/orders.csv", &orders());
        let settings = Settings::read(folder.path()).unwrap();
        let path = settings.exports.join("shopify/orders.csv");
        let layouts = channels::layouts(&settings).unwrap();
        let known = recognise::recognise(&path, Source::open(&path).unwrap(), &settings, &layouts).unwrap();
        let context = Context::new(&path, &FileContext::default(), &settings, known.channel);
        let taken = |records, rejects| {
            let mut out = Output::new(&known, &context);
            (out.receipt.rows_read, out.receipt.rejected) = (records, rejects);
            out.take().err().map(|problem| problem.code)
        };
        assert_eq!(taken(limits::RECORDS, limits::REJECTS), None);
        assert_eq!(taken(limits::RECORDS + 1, 0), Some("too-many-records"));
        assert_eq!(taken(0, limits::REJECTS + 1), Some("too-many-rejects"));
    }
}
