//! Values by series as they come: those in order take four bytes each, the few that are late wait.

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
    pub(super) value: f32,
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
    late: Vec<Reading>,
}

/// A series in order of time, with 0 where no row was read.
#[derive(Clone, Debug)]
pub(super) struct Gapped {
    pub(super) first: Position,
    /// The step after the last row.
    pub(super) next: Position,
    pub(super) values: Vec<f32>,
    /// Share of each step out of stock; empty where none was.
    pub(super) out_of_stock: Vec<f32>,
    /// Runs of steps without a row, rising, none of them empty and none at either end.
    pub(super) gaps: Vec<Range<usize>>,
    /// Where local clocks were set forward, and by how many hours; back where it is less than none.
    pub(super) clock_changes: Vec<(usize, i64)>,
}

impl Gapped {
    /// How many of its steps have a row.
    pub(super) fn rows(&self) -> usize {
        self.values.len() - self.missing()
    }

    /// How many have none.
    pub(super) fn missing(&self) -> usize {
        self.gaps.iter().map(ExactSizeIterator::len).sum()
    }
}

/// Every series of a file, by its name's first mention.
pub(super) struct Gathering {
    pub(super) names: Vec<String>,
    pub(super) series: Vec<Gapped>,
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
        let mut series = Vec::with_capacity(self.series.len());
        let are_hours = self.has_times && (!self.is_told || self.frequency == Frequency::Hourly);
        for (name, gathered) in self.names.iter().zip(self.series) {
            let in_order = gathered.in_order();
            series.push(in_order.map_err(|why| misplaced(path, name, self.frequency, are_hours, &why))?);
        }
        Ok(Gathering { names: self.names, series })
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
        }
    }

    fn add(&mut self, reading: Reading) {
        if reading.position >= self.newest {
            self.newest = reading.position;
        }
        if !reading.position.has_clock_of(self.read_last) {
            self.clocks.extend([self.read_last, reading.position]);
        }
        self.read_last = reading.position;
        self.latest_day = self.latest_day.max(reading.position.day_of_period());
        let in_order = reading.position >= self.first && reading.position.since(self.first) >= self.values.len();
        let step = reading.position.since(self.first);
        if !in_order || step >= LONGEST {
            self.late.push(reading);
            return;
        }
        if step > self.values.len() {
            self.gaps.push((self.values.len(), step));
            self.values.resize(step, 0.0);
        }
        self.values.push(reading.value);
        if reading.out_of_stock > 0.0 || !self.out_of_stock.is_empty() {
            self.out_of_stock.resize(self.values.len(), 0.0);
            self.out_of_stock[step] = reading.out_of_stock;
        }
    }

    /// Puts late values into their places: before the first, or into a gap.
    fn in_order(mut self) -> Result<Gapped, Misplaced> {
        let first =
            self.late.iter().map(|reading| reading.position).min().map_or(self.first, |least| least.min(self.first));
        let length = self.newest.since(first).saturating_add(1);
        if length > LONGEST {
            let (from, to) = self.widest_gap();
            return Err(Misplaced::TooLong(length, from, to));
        }
        let next = self.newest.next(self.latest_day);
        let clock_changes = self.clock_changes(first);
        if self.late.is_empty() {
            let gaps = self.gaps.iter().map(|(from, to)| *from..*to).collect();
            return Ok(Gapped {
                first,
                next,
                values: self.values,
                out_of_stock: self.out_of_stock,
                gaps,
                clock_changes,
            });
        }
        let before = self.first.since(first);
        let mut free = vec![true; length];
        free[before..before + self.values.len()].fill(false);
        for (from, to) in &self.gaps {
            free[before + from..before + to].fill(true);
        }
        let mut values = vec![0.0; length];
        values[before..before + self.values.len()].copy_from_slice(&self.values);
        let mut out = vec![0.0; length];
        out[before..before + self.out_of_stock.len()].copy_from_slice(&self.out_of_stock);
        for reading in self.late.drain(..) {
            let step = reading.position.since(first);
            if !std::mem::take(&mut free[step]) {
                return Err(Misplaced::Twice(reading.position));
            }
            values[step] = reading.value;
            out[step] = reading.out_of_stock;
        }
        let any = out.iter().any(|share| *share > 0.0);
        let out_of_stock = if any { out } else { Vec::new() };
        Ok(Gapped { first, next, values, out_of_stock, gaps: runs(&free), clock_changes })
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
        let mut rows: Vec<Position> = self.late.iter().map(|reading| reading.position).chain(in_order).collect();
        rows.sort_unstable();
        let widest = rows.windows(2).max_by_key(|pair| pair[1].since(pair[0]));
        widest.map_or((self.first, self.newest), |pair| (pair[0], pair[1]))
    }
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
                .hint("correct the date that is far from the others; `--freq d`, `w`, `m` or `h` tells how far apart steps are")
        }
    }
    .in_file(path)
}
