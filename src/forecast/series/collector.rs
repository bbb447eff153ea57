//! Values by series as they come: those in order take four bytes each, the few that are late wait, and so
//! do steps whose row has no value.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use super::calendar::{Frequency, Position};
use crate::error::{Diagnostic, Result};

/// A hundred thousand steps: eleven years of hours.
pub(super) const LONGEST: usize = 100_000;

/// One value on its way in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) position: Position,
    /// `None` where the row says that nobody knows it.
    pub(super) value: Option<f32>,
    /// Share of the step out of stock, 0 to 1.
    pub(super) out_of_stock: f32,
}

/// Gathers the values of a file.
pub(super) struct Collector {
    pub(super) frequency: Frequency,
    /// Whether the user told the frequency; else it is only supposed.
    is_told: bool,
    index: HashMap<String, usize>,
    names: Vec<String>,
    series: Vec<Gathered>,
    last: usize,
    first_read: Option<Position>,
    has_times: bool,
}

/// The values of one series so far.
struct Gathered {
    first: Position,
    newest: Position,
    /// The latest day of a month or week that a step was told by.
    latest_day: i32,
    /// Steps before and after which another offset from UTC was read.
    clocks: Vec<Position>,
    read_last: Position,
    values: Vec<f32>,
    /// As long as `values` once a step was out of stock; else empty.
    out_of_stock: Vec<f32>,
    /// Steps that were passed over: from, to.
    gaps: Vec<(usize, usize)>,
    /// Values that came after a later one.
    late: Vec<Late>,
    /// Steps whose rows have no value.
    blanks: Vec<Position>,
}

/// A value that waits for its place.
#[derive(Clone, Copy)]
struct Late {
    position: Position,
    value: f32,
    out_of_stock: f32,
}

/// A series in order of time from its first value to its last: 0 where no row was read, not a number where
/// a row has no value.
#[derive(Clone, Debug)]
pub(super) struct Gapped {
    pub(super) first: Position,
    /// The step after the last value.
    pub(super) next: Position,
    pub(super) values: Vec<f32>,
    /// Share of each step out of stock; empty where none was.
    pub(super) out_of_stock: Vec<f32>,
    /// Runs of steps without a row, rising, none of them empty and none at either end.
    pub(super) gaps: Vec<Range<usize>>,
    /// Rows without a value.
    pub(super) blanks: Blanks,
    /// Where local clocks were set forward, and by how many hours; back where it is less than none.
    pub(super) clock_changes: Vec<(usize, i64)>,
}

/// Rows of a series that have no value.
#[derive(Clone, Debug, Default)]
pub(super) struct Blanks {
    /// How many stand before its first value.
    pub(super) before: usize,
    /// Runs between its values, rising.
    pub(super) inside: Vec<Range<usize>>,
    /// The steps after its last value, rising, counted from its first.
    pub(super) after: Vec<usize>,
}

impl Gapped {
    /// How many of its steps have a row, with a value or without.
    pub(super) fn rows(&self) -> usize {
        self.values.len() - self.missing()
    }

    /// How many have a value.
    pub(super) fn known(&self) -> usize {
        self.rows() - self.blanks.inside.iter().map(ExactSizeIterator::len).sum::<usize>()
    }

    /// The step of its last value.
    pub(super) fn last(&self) -> Position {
        self.first.plus(self.values.len() - 1)
    }

    /// How many have none.
    pub(super) fn missing(&self) -> usize {
        self.gaps.iter().map(ExactSizeIterator::len).sum()
    }
}

/// Every series of a file, by its name's first mention.
#[derive(Default)]
pub(super) struct Gathering {
    pub(super) names: Vec<String>,
    pub(super) series: Vec<Gapped>,
    /// Names of series without any value.
    pub(super) empty: Vec<String>,
}

/// Why a value has no place.
enum Misplaced {
    Twice(Position),
    /// So many steps; the longest run of them without a row lies between these two.
    TooLong(usize, Position, Position),
}

impl Collector {
    /// For days until `frequency` is told.
    pub(super) fn new(frequency: Option<Frequency>) -> Self {
        Self {
            frequency: frequency.unwrap_or_default(),
            is_told: frequency.is_some(),
            index: HashMap::new(),
            names: Vec::new(),
            series: Vec::new(),
            last: 0,
            first_read: None,
            has_times: false,
        }
    }

    /// Takes a value in; false where its step is of another kind than those before: a number among dates,
    /// an hour without an offset among hours with one.
    pub(super) fn add(&mut self, name: &str, reading: Reading) -> bool {
        if !self.first_read.get_or_insert(reading.position).is_like(reading.position) {
            return false;
        }
        self.has_times |= reading.position.has_time();
        if self.names.get(self.last).is_none_or(|last| last != name) {
            self.last = match self.index.get(name) {
                Some(known) => *known,
                None => {
                    self.index.insert(name.to_owned(), self.names.len());
                    self.names.push(name.to_owned());
                    self.series.push(Gathered::new(reading.position));
                    self.names.len() - 1
                }
            };
        }
        self.series[self.last].add(reading);
        true
    }

    /// Every series in order of time.
    pub(super) fn finish(self, path: &Path) -> Result<Gathering> {
        let mut gathering = Gathering::default();
        let are_hours = self.has_times && (!self.is_told || self.frequency == Frequency::Hourly);
        for (name, gathered) in self.names.into_iter().zip(self.series) {
            if gathered.values.is_empty() {
                gathering.empty.push(name);
                continue;
            }
            let in_order = gathered.in_order();
            gathering.series.push(in_order.map_err(|why| misplaced(path, &name, self.frequency, are_hours, &why))?);
            gathering.names.push(name);
        }
        Ok(gathering)
    }
}

impl Gathered {
    fn new(first: Position) -> Self {
        Self {
            first,
            newest: first,
            latest_day: first.day_of_period(),
            clocks: vec![first],
            read_last: first,
            values: Vec::new(),
            out_of_stock: Vec::new(),
            gaps: Vec::new(),
            late: Vec::new(),
            blanks: Vec::new(),
        }
    }

    fn add(&mut self, reading: Reading) {
        let Reading { position, out_of_stock, .. } = reading;
        let Some(value) = reading.value else {
            self.blanks.push(position);
            return;
        };
        if self.values.is_empty() {
            *self = Self { blanks: std::mem::take(&mut self.blanks), ..Self::new(position) };
        }
        if position >= self.newest {
            self.newest = position;
        }
        if !position.has_clock_of(self.read_last) {
            self.clocks.extend([self.read_last, position]);
        }
        self.read_last = position;
        self.latest_day = self.latest_day.max(position.day_of_period());
        let in_order = position >= self.first && position.since(self.first) >= self.values.len();
        let step = position.since(self.first);
        if !in_order || step >= LONGEST {
            self.late.push(Late { position, value, out_of_stock });
            return;
        }
        if step > self.values.len() {
            self.gaps.push((self.values.len(), step));
            self.values.resize(step, 0.0);
        }
        self.values.push(value);
        if out_of_stock > 0.0 || !self.out_of_stock.is_empty() {
            self.out_of_stock.resize(self.values.len(), 0.0);
            self.out_of_stock[step] = out_of_stock;
        }
    }

    /// Puts late values into their places, before the first or into a gap, and marks the steps that have a
    /// row without a value.
    fn in_order(mut self) -> Result<Gapped, Misplaced> {
        let first = self.late.iter().map(|late| late.position).min().map_or(self.first, |least| least.min(self.first));
        let length = self.newest.since(first).saturating_add(1);
        if length > LONGEST {
            let (from, to) = self.widest_gap();
            return Err(Misplaced::TooLong(length, from, to));
        }
        let gapped = Gapped {
            first,
            next: self.newest.next(self.latest_day),
            clock_changes: self.clock_changes(first),
            values: std::mem::take(&mut self.values),
            out_of_stock: std::mem::take(&mut self.out_of_stock),
            gaps: self.gaps.iter().map(|(from, to)| *from..*to).collect(),
            blanks: Blanks::default(),
        };
        let gapped = if self.late.is_empty() { gapped } else { self.with_late(gapped, length)? };
        with_blanks(gapped, self.blanks)
    }

    fn with_late(&self, gapped: Gapped, length: usize) -> Result<Gapped, Misplaced> {
        let before = self.first.since(gapped.first);
        let mut free = vec![true; length];
        free[before..before + gapped.values.len()].fill(false);
        for gap in &gapped.gaps {
            free[before + gap.start..before + gap.end].fill(true);
        }
        let mut values = vec![0.0; length];
        values[before..before + gapped.values.len()].copy_from_slice(&gapped.values);
        let mut out = vec![0.0; length];
        out[before..before + gapped.out_of_stock.len()].copy_from_slice(&gapped.out_of_stock);
        for late in &self.late {
            let step = late.position.since(gapped.first);
            if !std::mem::take(&mut free[step]) {
                return Err(Misplaced::Twice(late.position));
            }
            values[step] = late.value;
            out[step] = late.out_of_stock;
        }
        let any = out.iter().any(|share| *share > 0.0);
        let out_of_stock = if any { out } else { Vec::new() };
        Ok(Gapped { values, out_of_stock, gaps: runs(&free), ..gapped })
    }

    /// Where rows that follow each other in time have another offset from UTC.
    fn clock_changes(&mut self, first: Position) -> Vec<(usize, i64)> {
        self.clocks.push(self.newest);
        self.clocks.sort_unstable();
        let changes = self.clocks.windows(2).map(|pair| (pair[1].since(first), pair[1].hours_ahead_of(pair[0])));
        changes.filter(|(_, hours)| *hours != 0).collect()
    }

    /// The two neighbouring rows that lie furthest apart.
    fn widest_gap(&self) -> (Position, Position) {
        let edges = self.gaps.iter().flat_map(|(from, to)| [from - 1, *to]).chain([0, self.values.len() - 1]);
        let in_order = edges.map(|index| self.first.plus(index));
        let mut rows: Vec<Position> = self.late.iter().map(|late| late.position).chain(in_order).collect();
        rows.sort_unstable();
        let widest = rows.windows(2).max_by_key(|pair| pair[1].since(pair[0]));
        widest.map_or((self.first, self.newest), |pair| (pair[0], pair[1]))
    }
}

/// Marks the steps whose rows have no value; a value of the same step is one too many.
fn with_blanks(mut gapped: Gapped, mut rows: Vec<Position>) -> Result<Gapped, Misplaced> {
    if rows.is_empty() {
        return Ok(gapped);
    }
    rows.sort_unstable_by_key(|position| position.step());
    if let Some(twice) = rows.windows(2).find(|pair| pair[0].step() == pair[1].step()) {
        return Err(Misplaced::Twice(twice[1]));
    }
    let length = gapped.values.len();
    let mut free = vec![false; length];
    gapped.gaps.iter().for_each(|gap| free[gap.clone()].fill(true));
    let mut inside = vec![false; length];
    for position in rows {
        let step = position.since(gapped.first);
        if position.step() < gapped.first.step() {
            gapped.blanks.before += 1;
        } else if step >= length {
            gapped.blanks.after.push(step);
        } else if std::mem::take(&mut free[step]) {
            inside[step] = true;
            gapped.values[step] = f32::NAN;
        } else {
            return Err(Misplaced::Twice(position));
        }
    }
    gapped.gaps = runs(&free);
    gapped.blanks.inside = runs(&inside);
    Ok(gapped)
}

/// The runs of true.
fn runs(flags: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        match runs.last_mut().filter(|run| run.end == index) {
            Some(run) => run.end += 1,
            None => runs.push(index..index + 1),
        }
    }
    runs
}

fn misplaced(path: &Path, name: &str, frequency: Frequency, are_hours: bool, why: &Misplaced) -> Diagnostic {
    match why {
        Misplaced::Twice(position) => {
            let noun = position.noun(frequency);
            let step = frequency.text(*position, 0);
            let hint = match frequency {
                Frequency::Hourly if are_hours => {
                    "sum the values of an hour, or where clocks went back write the offset as well: `2026-10-25T02:00:00+01:00`"
                }
                _ if are_hours => "the steps have times of day: `--freq h` if they are hours; else sum the values of a step",
                Frequency::Daily => "sum the values of a day, or give each its own `unique_id`",
                _ => "sum the values of a step, or give each its own `unique_id`; `--freq d` if steps are days",
            };
            Diagnostic::error("series-duplicate", format!("series `{name}` has two values for the {noun} {step}")).hint(hint)
        }
        Misplaced::TooLong(length, from, to) => {
            let noun = from.noun(frequency);
            let [from, to] = [from, to].map(|position| frequency.text(*position, 0));
            let message = format!("series `{name}` spans {length} {noun}s; the longest is {LONGEST}");
            Diagnostic::error("series-long", message)
                .details(vec![format!("it has no row between {from} and {to}")])
                .hint("correct the date that is far from the others; `--freq d`, `w`, `m`, `q`, `y` or `h` tells how far apart steps are")
        }
    }
    .in_file(path)
}
