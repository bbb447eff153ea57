//! Values by series as they come: those in order take four bytes each, the few that are late wait.

use std::collections::HashMap;
use std::path::Path;

use super::Loaded;
use super::calendar::{Frequency, Position};
use crate::demand::raise_censored;
use crate::error::{Diagnostic, Result};

/// A hundred thousand steps: eleven years of hours.
const LONGEST: usize = 100_000;

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
    season: usize,
    index: HashMap<String, usize>,
    names: Vec<String>,
    series: Vec<Gathered>,
    last: usize,
}

/// The values of one series so far.
struct Gathered {
    first: Position,
    values: Vec<f32>,
    /// As long as `values` once a step was out of stock; else empty.
    out_of_stock: Vec<f32>,
    /// Steps that were passed over: from, to.
    gaps: Vec<(usize, usize)>,
    /// Values that came after a later one.
    late: Vec<Reading>,
}

/// Why a value has no place.
enum Misplaced {
    Twice(Position),
    TooLong(usize),
}

impl Collector {
    pub(super) fn new(frequency: Frequency, season: usize) -> Self {
        Self { frequency, season, index: HashMap::new(), names: Vec::new(), series: Vec::new(), last: 0 }
    }

    pub(super) fn add(&mut self, name: &str, reading: Reading) {
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
    }

    /// Every series complete: gaps are 0, steps out of stock are raised.
    pub(super) fn finish(self, path: &Path) -> Result<Loaded> {
        let mut loaded = Loaded { names: self.names, ..Loaded::default() };
        for (name, gathered) in loaded.names.iter().zip(self.series) {
            let complete = gathered.complete().map_err(|why| misplaced(path, name, self.frequency, &why))?;
            let (first, mut values, out) = complete;
            if !out.is_empty() {
                raise_censored(&mut values, &out);
            }
            loaded.set.push(values, first.phase(self.season));
            loaded.firsts.push(first);
        }
        Ok(loaded)
    }
}

impl Gathered {
    fn new(first: Position) -> Self {
        Self { first, values: Vec::new(), out_of_stock: Vec::new(), gaps: Vec::new(), late: Vec::new() }
    }

    fn add(&mut self, reading: Reading) {
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
    fn complete(mut self) -> Result<(Position, Vec<f32>, Vec<f32>), Misplaced> {
        let last = self.late.iter().map(|reading| reading.position).max();
        let first =
            self.late.iter().map(|reading| reading.position).min().map_or(self.first, |least| least.min(self.first));
        let before = self.first.since(first);
        let length = (before + self.values.len()).max(last.map_or(0, |last| last.since(first).saturating_add(1)));
        if length > LONGEST {
            return Err(Misplaced::TooLong(length));
        }
        if self.late.is_empty() {
            return Ok((first, self.values, self.out_of_stock));
        }
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
        Ok((first, values, if any { out } else { Vec::new() }))
    }
}

fn misplaced(path: &Path, name: &str, frequency: Frequency, why: &Misplaced) -> Diagnostic {
    match why {
        Misplaced::Twice(position) => {
            let step = frequency.text(*position, 0);
            Diagnostic::error("series-duplicate", format!("series `{name}` has two values for {step}"))
                .hint("sum the values of a step, or give each its own `unique_id`")
        }
        Misplaced::TooLong(length) => {
            let message = format!("series `{name}` spans {length} steps; the longest is {LONGEST}");
            Diagnostic::error("series-long", message).hint("`--freq D`, `W`, `M` or `H` tells how far apart steps are")
        }
    }
    .in_file(path)
}
