//! One file from its first byte to its last, a few blocks of records at a time on all cores: every
//! record becomes rows or a reject, and what comes out is what one thread would have made of it.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use rayon::prelude::*;

use super::cell::{self, DateEvidence, DecimalEvidence};
use super::context::Context;
use super::limits;
use super::reading::{Reading, decoded};
use super::receipt::{Receipt, Sink};
use super::recognise::{Body, Known};
use super::record::Record;
use super::records::{Block, Records};
use crate::error::{Diagnostic, Place, Result};

type Text<'a> = Records<Box<dyn io::Read + Send + 'a>>;

/// Reads a file that is recognised.
pub(crate) fn read(path: &Path, known: &Known<'_>, mut context: Context, sink: &mut dyn Sink) -> Result<Receipt> {
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    let with_offset = settle(path, known, &mut context)?;
    let mut reading = Reading::new(known, context, with_offset);
    reading.out.receipt.structural_if("byte order mark", known.source.mark);
    if matches!(known.body, Body::Sheet(_)) {
        reading.out.receipt.structural("workbook", known.source.bytes);
    }
    let mut text = known.records().map_err(failed)?;
    preamble(known, &mut text, &mut reading).map_err(failed)?;
    text.set_dialect(known.dialect);
    // The first block tells what the others may take for granted.
    let mut blocks = next_blocks(&mut text, 1).map_err(failed)?;
    while !blocks.is_empty() {
        let wave = 2 * rayon::current_num_threads();
        let (more, done) = rayon::join(|| next_blocks(&mut text, wave), || stretches(&mut reading, &blocks));
        done.map_err(failed)?;
        blocks = more.map_err(failed)?;
        reading.out.deliver(sink)?;
    }
    reading.end();
    reading.shape.finish().map_err(|mut refusal| {
        refusal.place.get_or_insert(Place { path: path.to_owned(), line: None, excerpt: None });
        refusal
    })?;
    if known.source.has_changed(path) {
        return Err(Diagnostic::error("changed-during-read", "the file changed while it was read")
            .in_file(path)
            .into());
    }
    reading.out.finish(sink)
}

fn next_blocks(text: &mut Text<'_>, count: usize) -> io::Result<Vec<Block>> {
    let mut blocks = Vec::new();
    while blocks.len() < count
        && let Some(block) = text.block(limits::BLOCK_BYTES)?
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
            offset += reading.length(&block.text, block.length());
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

fn preamble(known: &Known<'_>, text: &mut Text<'_>, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut record = Record::default();
    for line in 1..=known.header_line {
        if !text.read(&mut record)? {
            break;
        }
        reading.structural(if line == known.header_line { "header" } else { "preamble" }, &record);
    }
    Ok(())
}

/// Settles how the file writes amounts and dates: by its layout, by the settings, by the whole file.
/// Tells whether its times carry offsets.
pub(crate) fn settle(path: &Path, known: &Known<'_>, context: &mut Context) -> Result<bool> {
    let layout = known.layout;
    context.locale.decimal = context.locale.decimal.or(layout.style.decimal);
    context.locale.dates = layout.dates.or(context.locale.dates);
    context.locale.zone = layout.zone.unwrap_or(context.locale.zone);
    settle_locale(path, known, context)
}

/// Settles the decimal mark and the order of dates by what the whole file proves. Tells whether
/// its times carry offsets.
fn settle_locale(path: &Path, known: &Known<'_>, context: &mut Context) -> Result<bool> {
    let layout = known.layout;
    let columns = |wanted: fn(cell::Reader) -> bool| -> Vec<usize> {
        let fields = layout.fields.iter().zip(&known.found.columns);
        fields.filter(|(field, _)| wanted(field.reader)).filter_map(|(_, column)| *column).collect()
    };
    let money = if context.locale.decimal.is_none() { columns(cell::Reader::is_money) } else { Vec::new() };
    let dates = columns(cell::Reader::is_date);
    let settled =
        context.locale.dates.is_some() || !layout.style.refuses_undecided_dates && layout.style.decimal.is_some();
    if money.is_empty() && (dates.is_empty() || settled) {
        return Ok(false);
    }
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    let (mut decimal, mut order) = (DecimalEvidence::default(), DateEvidence::default());
    let mut text = known.records().map_err(failed)?;
    for _ in 0..known.header_line {
        text.skip_line().map_err(failed)?;
    }
    text.set_dialect(known.dialect);
    let mut record = Record::default();
    while text.read(&mut record).map_err(failed)? {
        let cell = |column: &usize| -> Option<Cow<'_, str>> {
            (*column < record.width()).then(|| decoded(record.cell(*column), known.charset())).flatten()
        };
        money.iter().filter_map(cell).for_each(|text| decimal.weigh(&text));
        dates.iter().filter_map(cell).for_each(|text| order.weigh(&text));
    }
    context.locale.decimal = context.locale.decimal.or(decimal.verdict());
    if context.locale.dates.is_none() {
        let clock = layout.style.twelve_hour.filter(|_| order.twelve_hour && !order.contradicts());
        context.locale.dates = order.verdict().or(clock);
        let usual = layout.style.usual_dates.filter(|_| !order.contradicts());
        context.locale.dates = context.locale.dates.or(usual);
        if context.locale.dates.is_none() && order.undecided > 0 && layout.style.refuses_undecided_dates {
            return Err(undecided(path, context));
        }
    }
    Ok(order.with_offset)
}

fn undecided(path: &Path, context: &Context) -> Box<Diagnostic> {
    let table = match &context.channel {
        Some(channel) => format!("[channel.{channel}]"),
        None => "[mapping.NAME]".to_owned(),
    };
    Diagnostic::error("ambiguous-date", "no date of this file tells whether the day or the month comes first")
        .in_file(path)
        .hint(format!("set `date-order = \"dmy\"` or `date-order = \"mdy\"` under `{table}`"))
        .into()
}
