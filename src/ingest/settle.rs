//! How does a file write amounts and dates? By its layout, by the settings, and by what the whole file
//! proves: never by its first rows alone. And do its prices hold their tax?

use std::borrow::Cow;
use std::io;
use std::path::Path;

use rayon::prelude::*;

use super::cell::{self, DateEvidence, DecimalEvidence};
use super::context::Context;
use super::discounted_tax::DiscountVotes;
use super::limits;
use super::read::{WAVE_BLOCKS, next_blocks};
use super::reading::decoded;
use super::recognise::Known;
use super::records::{Block, Records};
use super::sisters::{Proof, Sisters};
use super::tax_votes::{BlockVotes, TaxVotes};
use crate::error::{Diagnostic, Result};

/// Settles how the file writes amounts and dates: by its layout, by the settings, by the whole file, and
/// where it leaves the order of day and month open, by its sisters. Gives the columns whose times carry
/// offsets.
pub(crate) fn settle(
    path: &Path,
    known: &Known<'_>,
    context: &mut Context,
    sisters: &Sisters<'_>,
) -> Result<Vec<usize>> {
    let layout = known.layout;
    context.locale.decimal = context.locale.decimal.or(layout.style.decimal);
    context.locale.dates = layout.dates.or(context.locale.dates);
    context.locale.zone = layout.zone.unwrap_or(context.locale.zone);
    let with_offset = settle_locale(path, known, context, sisters)?;
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    context.most_prices_hold_tax = most_prices_hold_tax(known, context).map_err(failed)?;
    context.most_taxes_are_of_paid = most_taxes_are_of_paid(known, context).map_err(failed)?;
    Ok(with_offset)
}

/// Whether most orders of the file tell that prices hold their tax. It decides for orders that do not
/// tell it themselves; `None` where as many speak for the one as for the other.
fn most_prices_hold_tax(known: &Known<'_>, context: &Context) -> io::Result<Option<bool>> {
    let Some(reading) = BlockVotes::reading(known, &context.locale) else { return Ok(None) };
    let mut votes = TaxVotes::default();
    over_blocks(known, |block| reading.votes(block), |block| votes.add(block))?;
    Ok(votes.verdict())
}

/// Whether most discounted prices of the file tell that the tax beside them is that of what was paid. It
/// decides for those that do not tell it themselves.
fn most_taxes_are_of_paid(known: &Known<'_>, context: &Context) -> io::Result<Option<bool>> {
    let Some(reading) = DiscountVotes::reading(known, &context.locale) else { return Ok(None) };
    let mut votes = 0;
    over_blocks(known, |block| reading.votes(block), |of_block: i64| votes += of_block)?;
    Ok((votes != 0).then_some(votes > 0))
}

/// The records below the header.
fn records_below_header<'k>(known: &'k Known<'_>) -> io::Result<Records<'k>> {
    let mut text = known.records()?;
    for _ in 0..known.header_line {
        text.skip_line()?;
    }
    text.set_dialect(known.dialect);
    Ok(text)
}

/// Settles the decimal mark and the order of dates. Gives the columns whose times carry offsets.
fn settle_locale(path: &Path, known: &Known<'_>, context: &mut Context, sisters: &Sisters<'_>) -> Result<Vec<usize>> {
    let layout = known.layout;
    let is_decided = context.locale.decimal.is_some();
    let money = if is_decided { Vec::new() } else { columns(known, cell::Reader::is_money) };
    let dates = date_columns(known);
    let needs_no_dates = context.locale.dates.is_none() && !layout.style.refuses_undecided_dates && is_decided;
    if money.is_empty() && (dates.is_empty() || needs_no_dates) {
        return Ok(Vec::new());
    }
    let (decimal, orders) = evidence(known, &money, &dates).map_err(|error| Diagnostic::io("read", path, &error))?;
    context.locale.decimal = context.locale.decimal.or(decimal.verdict());
    // A column that holds one value tells nothing; its file's others do.
    let any = orders.iter().any(|order| order.with_offset);
    let has = |order: &DateEvidence| order.with_offset || any && order.without_offset < 2;
    let with_offset = dates.iter().zip(&orders).filter(|(_, order)| has(order)).map(|(column, _)| *column).collect();
    let mut order = DateEvidence::default();
    orders.into_iter().for_each(|found| order.add(found));
    settle_dates(path, known, (context, sisters), order)?;
    Ok(with_offset)
}

/// The columns of a file that dates stand in.
pub(crate) fn date_columns(known: &Known<'_>) -> Vec<usize> {
    columns(known, cell::Reader::is_date)
}

fn columns(known: &Known<'_>, wanted: fn(cell::Reader) -> bool) -> Vec<usize> {
    let fields = known.layout.fields.iter().zip(&known.found.columns);
    fields.filter(|(field, _)| wanted(field.reader)).filter_map(|(_, column)| *column).collect()
}

/// What the whole file proves about its amounts and its dates.
pub(crate) fn evidence(
    known: &Known<'_>,
    money: &[usize],
    dates: &[usize],
) -> io::Result<(DecimalEvidence, Vec<DateEvidence>)> {
    let none = || (DecimalEvidence::default(), vec![DateEvidence::default(); dates.len()]);
    let (mut decimal, mut orders) = none();
    let weighed = |block: &Block| -> io::Result<(DecimalEvidence, Vec<DateEvidence>)> {
        let (mut decimal, mut orders) = none();
        let mut records = Records::over(&block.text, known.dialect);
        while let Some(record) = records.read()? {
            let cell = |column: &usize| -> Option<Cow<'_, str>> {
                (*column < record.width()).then(|| decoded(record.cell(*column), known.charset())).flatten()
            };
            money.iter().filter_map(cell).for_each(|text| decimal.weigh(&text));
            for (column, order) in dates.iter().zip(&mut orders) {
                cell(column).into_iter().for_each(|text| order.weigh(&text));
            }
        }
        Ok((decimal, orders))
    };
    over_blocks(known, weighed, |(amounts, of_block)| {
        decimal.add(amounts);
        orders.iter_mut().zip(of_block).for_each(|(order, found)| order.add(found));
    })?;
    Ok((decimal, orders))
}

/// Weighs all records of a file, a few blocks at a time on all cores, and adds up what each block proves
/// in the order of the file.
fn over_blocks<Found: Send>(
    known: &Known<'_>,
    weigh: impl Fn(&Block) -> io::Result<Found> + Sync,
    mut add: impl FnMut(Found),
) -> io::Result<()> {
    let mut text = records_below_header(known)?;
    let mut blocks = next_blocks(&mut text, 1, limits::BLOCK_BYTES)?;
    while !blocks.is_empty() {
        let wave = WAVE_BLOCKS * rayon::current_num_threads();
        let cut = || next_blocks(&mut text, wave, limits::BLOCK_BYTES);
        let weigh = || blocks.par_iter().map(&weigh).collect::<io::Result<Vec<_>>>();
        let (more, found) = rayon::join(cut, weigh);
        found?.into_iter().for_each(&mut add);
        blocks = more?;
    }
    Ok(())
}

/// Settles the order of day and month.
fn settle_dates(
    path: &Path,
    known: &Known<'_>,
    (context, sisters): (&mut Context, &Sisters<'_>),
    order: DateEvidence,
) -> Result<()> {
    let style = &known.layout.style;
    if let Some(said) = context.locale.dates {
        context.locale.dates = Some(order.verdict_against(said));
        return Ok(());
    }
    // What is usual decides what is open, and not dates with points, which have a custom of their own.
    let is_open = order.undecided > 0 && !order.contradicts();
    let clock = style.twelve_hour.filter(|_| order.twelve_hour && is_open);
    let usual = style.usual_dates.filter(|_| is_open);
    context.locale.dates = order.verdict().or(clock).or(usual);
    if context.locale.dates.is_some() || order.undecided == 0 || order.contradicts() && !style.refuses_undecided_dates {
        return Ok(());
    }
    let proof = if order.contradicts() { Proof::Open } else { sisters.proof(known)? };
    match proof {
        Proof::Order(order) => context.locale.dates = Some(order),
        proof if style.refuses_undecided_dates => return Err(undecided(path, context, &proof)),
        Proof::Open | Proof::Contradiction(..) => {}
    }
    Ok(())
}

fn undecided(path: &Path, context: &Context, proof: &Proof) -> Box<Diagnostic> {
    let table = match &context.channel {
        Some(channel) => format!("[channel.{channel}]"),
        None => "[mapping.NAME]".to_owned(),
    };
    let message = "no date of this file tells whether the day or the month comes first";
    let among_others = match proof {
        Proof::Contradiction(one, other) => {
            format!(", and of its like `{}` and `{}` show two orders", one.display(), other.display())
        }
        Proof::Open | Proof::Order(_) => String::new(),
    };
    Diagnostic::error("ambiguous-date", format!("{message}{among_others}"))
        .in_file(path)
        .hint(format!("set `date-order = \"dmy\"` or `date-order = \"mdy\"` under `{table}`"))
        .into()
}
