//! What does the shop remember of an order line until its month is written?

use std::collections::VecDeque;
use std::fmt::Write;

use crate::sample::goods::Good;
use crate::sample::stores::{AMAZON, TIKTOK, WHOLESALE};
use crate::types::Month;

/// Why a line was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    NoStock,
    Buyer,
    Address,
    Fraud,
}

impl Reason {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::NoStock => "no_stock",
            Self::Buyer => "buyer",
            Self::Address => "address",
            Self::Fraud => "fraud",
        }
    }
}

/// In which state a returned unit came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    Sellable,
    Damaged,
    Defective,
}

/// One line of an order. Money in cents, instants in seconds of UTC.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) channel: usize,
    pub(crate) good: usize,
    /// The order's number on its channel.
    pub(crate) order: u64,
    /// Place in the order, from 1.
    pub(crate) number: u16,
    pub(crate) at: i64,
    pub(crate) quantity: i64,
    pub(crate) unit_price: i64,
    pub(crate) discount: i64,
    /// Of the whole order, on its first line.
    pub(crate) shipping: i64,
    pub(crate) tax: i64,
    pub(crate) place: usize,
    /// Shipped for an order of another channel: no demand here.
    pub(crate) other_channel: bool,
    /// Not among those paid for when the order's parcel left; is settled when it leaves itself.
    pub(crate) late: bool,
    pub(crate) cancelled: Option<(i64, Reason)>,
    pub(crate) shipped_at: Option<i64>,
    pub(crate) settled: bool,
    pub(crate) returned: i64,
    pub(crate) refunded: i64,
}

impl Line {
    pub(crate) fn gross(&self) -> i64 {
        self.unit_price * self.quantity
    }

    pub(crate) fn net(&self) -> i64 {
        self.gross() - self.discount
    }

    /// The tax on so many of the line's units.
    pub(crate) fn tax_of(&self, units: i64) -> i64 {
        self.tax * units / self.quantity
    }

    /// The order's number as the channel's files carry it.
    pub(crate) fn order_id(&self) -> String {
        let id = order_id(self.channel, self.order);
        if self.other_channel { format!("S01-{}", &id[4..]) } else { id }
    }
}

/// Where a line lies until its month is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LineRef {
    month: usize,
    index: usize,
}

impl LineRef {
    /// The line `count` places after this one.
    pub(crate) fn after(self, count: usize) -> Self {
        Self { index: self.index + count, ..self }
    }
}

/// Months whose lines can still change.
#[derive(Default)]
pub(crate) struct OpenMonths {
    months: VecDeque<(Month, Vec<Line>)>,
    written: usize,
}

impl OpenMonths {
    /// Adds a line to its month; months come in order.
    pub(crate) fn push(&mut self, month: Month, line: Line) -> LineRef {
        if self.months.back().is_none_or(|(last, _)| *last < month) {
            self.months.push_back((month, Vec::new()));
        }
        let place = self.months.len() - 1;
        let lines = &mut self.months[place].1;
        lines.push(line);
        LineRef { month: self.written + place, index: lines.len() - 1 }
    }

    /// The line, unless its month is written.
    pub(crate) fn get(&mut self, reference: LineRef) -> Option<&mut Line> {
        let place = reference.month.checked_sub(self.written)?;
        self.months.get_mut(place)?.1.get_mut(reference.index)
    }

    /// Takes the oldest month if `is_done`.
    pub(crate) fn take_if(&mut self, is_done: impl FnOnce(Month) -> bool) -> Option<(Month, Vec<Line>)> {
        let done = self.months.front().is_some_and(|(month, _)| is_done(*month));
        if done {
            self.written += 1;
            self.months.pop_front()
        } else {
            None
        }
    }
}

/// Orders of one channel as they lie in a month's lines.
pub(crate) fn groups(lines: &[Line], channel: usize) -> impl Iterator<Item = &[Line]> {
    lines.chunk_by(|a, b| a.channel == b.channel && a.order == b.order).filter(move |group| group[0].channel == channel)
}

fn order_id(channel: usize, order: u64) -> String {
    let mut text = String::with_capacity(20);
    let _ = match channel {
        AMAZON => {
            let digits = scramble(order, 10_000_000_000_000);
            write!(text, "11{}-{:07}-{:07}", 1 + digits % 4, digits / 1_000_000 % 10_000_000, order * 7 % 10_000_000)
        }
        TIKTOK => write!(text, "57628{:013}", scramble(order, 10_000_000_000_000)),
        WHOLESALE => write!(text, "PO-{:06}", 20_000 + order),
        super::stores::BOUTIQUE => write!(text, "#B{}", 1000 + order),
        _ => write!(text, "#{}", 1000 + order),
    };
    text
}

/// The line's name in the lake: the file's own where it has one, else the article and its place.
pub(crate) fn line_id(line: &Line, good: &Good) -> String {
    match line.channel {
        AMAZON => item_code(line),
        WHOLESALE => line.number.to_string(),
        TIKTOK if good.blank_on_tiktok => format!("{}#1", good.tiktok_id),
        channel => format!("{}#1", good.channel_sku[channel]),
    }
}

/// Amazon's number of an item of an order.
pub(crate) fn item_code(line: &Line) -> String {
    format!("{:014}", 10_000_000_000_000 + scramble(line.order * 16 + u64::from(line.number), 89_999_999_999_989))
}

/// Another number below `modulus` for every `number` below it: the factor shares no divisor with it.
fn scramble(number: u64, modulus: u64) -> u64 {
    (u128::from(number) * 73_687_870_201 % u128::from(modulus)) as u64
}
