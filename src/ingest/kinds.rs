//! Records that are rejected for one reason are told once.

use std::collections::BTreeMap;

use super::receipt::Reject;

/// Records of a file that are rejected for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectKind {
    /// The first of them.
    pub first: Reject,
    /// How many they are.
    pub count: u64,
    /// What the cells say, each once; of many the first.
    pub texts: Vec<String>,
}

/// Texts of cells that are told of one reason.
const TEXTS: usize = 20;

/// Rejected records by file, column and reason, those that look like a total by themselves.
#[derive(Default)]
pub(crate) struct Kinds {
    kinds: BTreeMap<(String, String, &'static str, bool), RejectKind>,
}

impl Kinds {
    pub(crate) fn add(&mut self, reject: &Reject) {
        let key = (reject.source_file.clone(), reject.column.clone(), reject.code, reject.total.is_some());
        let empty = || RejectKind { first: reject.clone(), count: 0, texts: Vec::new() };
        let kind = self.kinds.entry(key).or_insert_with(empty);
        kind.count += 1;
        if kind.texts.len() < TEXTS && !kind.texts.contains(&reject.text) {
            kind.texts.push(reject.text.clone());
        }
        if reject.source_line < kind.first.source_line {
            kind.first = reject.clone();
        }
    }

    /// In the order of the files and of their first lines.
    pub(crate) fn in_order(self) -> Vec<RejectKind> {
        let mut kinds: Vec<RejectKind> = self.kinds.into_values().collect();
        kinds.sort_by(|one, other| place(one).cmp(&place(other)));
        kinds
    }
}

fn place(kind: &RejectKind) -> (&str, u64) {
    (&kind.first.source_file, kind.first.source_line)
}
