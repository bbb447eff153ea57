//! What do the lines of an order say whose cells stand on its first line only?

use crate::ingest::plan::Step;
use crate::ingest::raw::RawRecords;

/// The last cells that said something, of the columns that are filled down.
#[derive(Debug, Default)]
pub(super) struct FillDown {
    /// By the number of the step.
    above: Vec<(usize, Vec<u8>)>,
    /// The step that tells the orders apart, and the order that was told last.
    order: Option<(usize, Vec<u8>)>,
}

impl FillDown {
    /// Nothing is above the first record.
    pub(super) fn of(steps: &[Step], order: Option<usize>) -> Self {
        let numbered = || steps.iter().enumerate();
        Self {
            above: numbered().filter(|(_, step)| step.fills_down).map(|(number, _)| (number, Vec::new())).collect(),
            order: numbered().find(|(_, step)| Some(step.place) == order).map(|(number, _)| (number, Vec::new())),
        }
    }

    /// Whether a record needs to know the one above it.
    pub(super) fn is_needed(&self) -> bool {
        !self.above.is_empty()
    }

    /// Fills the empty cells of the record that was added last; another order takes nothing over.
    pub(super) fn fill(&mut self, raw: &mut RawRecords, block: &[u8]) {
        let last = raw.len() - 1;
        if let Some((number, order)) = &mut self.order {
            let (told, _) = raw.cell(last, *number, block, None);
            let told = told.trim_ascii();
            if !told.is_empty() && told != order.as_slice() {
                *order = told.to_vec();
                self.above.iter_mut().for_each(|(_, said)| said.clear());
            }
        }
        for (number, said) in &mut self.above {
            let (cell, _) = raw.cell(last, *number, block, None);
            match cell.trim_ascii() {
                [] => raw.replace(*number, said),
                told => *said = told.to_vec(),
            }
        }
    }
}
