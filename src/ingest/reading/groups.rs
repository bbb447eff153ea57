//! Records that belong together are judged together, wherever a block or a stretch ends between them.

use super::{Flaws, Reading};
use crate::ingest::batch::Batch;
use crate::ingest::limits;
use crate::ingest::output::shown;
use crate::ingest::shape::{Complaint, View};
use crate::ingest::tax_in_prices;
use crate::ingest::totals::add_totals;
use crate::lake::Cell;

impl Reading<'_> {
    /// Rejects the flawed records and hands on the others, those together that belong together.
    pub(super) fn settle(&mut self, batch: &Batch, flaws: Flaws, block: &[u8]) {
        let sound: Vec<usize> = (0..batch.len()).filter(|row| !flaws.contains_key(row)).collect();
        for (row, (complaint, said)) in flaws {
            self.out.reject(batch.head(row), batch.bytes(row, block), complaint, said);
        }
        let Some(place) = self.layout.group else { return self.judge(batch, &sound, block) };
        let mut rest = sound.as_slice();
        while !rest.is_empty() {
            let (these, others) = rest.split_at(batch.alike(rest, place));
            let is_first = rest.len() == sound.len();
            rest = others;
            if is_first && self.continues(batch, these[0], place) {
                these.iter().for_each(|row| self.add(batch, *row, block, place));
                continue;
            }
            self.close();
            self.overfull = None;
            if others.is_empty() || self.keeps_head() {
                // More that belongs to them may follow, or stand before them.
                these.iter().for_each(|row| self.add(batch, *row, block, place));
            } else if batch.are_few(these) {
                self.judge(batch, these, block);
            } else {
                self.was_overfull = true;
                these.iter().for_each(|row| self.reject_overfull(batch, *row, block));
            }
        }
    }

    /// Whether a record belongs to those before it.
    fn continues(&self, batch: &Batch, row: usize, place: usize) -> bool {
        match (&self.overfull, self.group.len().checked_sub(1)) {
            (Some(overfull), _) => *overfull == Cell::from(batch.value(place, row)),
            (None, Some(last)) => self.group.value(place, last) == batch.value(place, row),
            (None, None) => false,
        }
    }

    /// Adds a record to those that it belongs to. Where they become too many, none of them is believed.
    fn add(&mut self, batch: &Batch, row: usize, block: &[u8], place: usize) {
        if self.overfull.is_none() && !self.group.has_room() {
            self.overfull = Some(batch.value(place, row).into());
            self.was_overfull = true;
            let group = std::mem::take(&mut self.group);
            (0..group.len()).for_each(|row| self.reject_overfull(&group, row, &[]));
        }
        match self.overfull {
            Some(_) => self.reject_overfull(batch, row, block),
            None => self.group.keep(batch, row, block),
        }
    }

    fn reject_overfull(&mut self, batch: &Batch, row: usize, block: &[u8]) {
        let bytes = batch.bytes(row, block);
        let field = self.layout.group.map_or("", |place| self.layout.fields[place].name.as_str());
        let (records, megabytes) = (limits::GROUP_RECORDS, limits::GROUP_BYTES >> 20);
        let reason =
            format!("more than {records} records, or {megabytes} MB of them, have this value: no order is so long");
        self.out.reject(batch.head(row), bytes, Complaint::new(field, "too_many_together", reason), shown(bytes));
    }

    /// Records that may belong to those before.
    pub(super) fn stitch(&mut self, batch: &Batch) {
        let (Some(place), false) = (self.layout.group, batch.is_empty()) else { return };
        if !self.continues(batch, 0, place) {
            self.close();
            self.overfull = None;
        }
        (0..batch.len()).for_each(|row| self.add(batch, row, &[], place));
    }

    /// Whether the first records of this stretch are still to be kept back.
    pub(super) fn keeps_head(&self) -> bool {
        self.is_later && self.head.is_none() && self.layout.group.is_some()
    }

    /// The records that belong together so far have no more that do.
    pub(super) fn close(&mut self) {
        let mut group = std::mem::take(&mut self.group);
        if group.is_empty() {
            self.group = group;
        } else if self.keeps_head() {
            self.head = Some(group);
        } else {
            let rows: Vec<usize> = (0..group.len()).collect();
            self.judge(&group, &rows, &[]);
            group.clear();
            self.group = group;
        }
    }

    /// Turns these records of a batch into rows.
    pub(super) fn judge(&mut self, batch: &Batch, rows: &[usize], block: &[u8]) {
        if rows.is_empty() {
            return;
        }
        let plan = self.plan.clone();
        let view = |row: &usize| View { layout: self.layout, others: &plan.others, batch, row: *row };
        let views: Vec<View<'_>> = rows.iter().map(view).collect();
        let mut verdicts = self.shape.judge(&views, &self.context);
        add_totals(self.layout, &views, &mut verdicts);
        if !self.context.held_tax.is_empty() {
            // Whether a line is a price, or money held for others, its kind tells.
            self.out.settle_kinds(&mut verdicts);
            tax_in_prices::settle(&self.context.held_tax, &mut verdicts);
        }
        assert_eq!(verdicts.len(), rows.len(), "a shape judges every record");
        for (row, verdict) in rows.iter().zip(verdicts) {
            self.out.settle(batch.head(*row), batch.bytes(*row, block), verdict);
        }
    }

    /// The end of the file. Where it ends in the middle of a record, more of what belongs together may
    /// be missing: half an order would share its shipping and discount out wrongly.
    pub(crate) fn end(&mut self) {
        let last = self.group.len().checked_sub(1).zip(self.layout.group);
        let is_torn = match (&self.cut_off, last) {
            (Some(cut_off), Some((row, place))) => {
                !cut_off.is_null() && *cut_off == Cell::from(self.group.value(place, row))
            }
            _ => false,
        };
        if !is_torn {
            return self.close();
        }
        let group = std::mem::take(&mut self.group);
        for row in 0..group.len() {
            let reason = "the file ends in the middle of what belongs to this record: download it again";
            let complaint = Complaint::new("", "truncated_last_record", reason);
            let bytes = group.bytes(row, &[]);
            self.out.reject(group.head(row), bytes, complaint, shown(bytes));
        }
    }
}
