//! `alerts.csv`: what needs a person, as a table.

use super::exceptions::Exception;
use crate::config::Settings;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};

const ALERTS: &[Column] = &[
    Column { name: "rule", kind: Kind::Text, nullable: false },
    Column { name: "subject", kind: Kind::Text, nullable: false },
    Column { name: "value", kind: Kind::Text, nullable: false },
    Column { name: "threshold", kind: Kind::Text, nullable: false },
    Column { name: "since", kind: Kind::Timestamp, nullable: true },
    Column { name: "money", kind: Kind::Money, nullable: true },
    Column { name: "hint", kind: Kind::Text, nullable: false },
    Column { name: "owner", kind: Kind::Text, nullable: false },
    Column { name: "due_at", kind: Kind::Timestamp, nullable: true },
    Column { name: "playbook", kind: Kind::Text, nullable: false },
    Column { name: "currency", kind: Kind::Text, nullable: true },
];

/// `alerts.csv`: everything that needs a person, in its order.
pub fn alerts_sheet(exceptions: &[Exception], settings: &Settings) -> Rows {
    let mut rows = RowsBuilder::new("alerts", ALERTS.iter().copied());
    for exception in exceptions {
        let playbook = exception.playbook(settings);
        rows.push([
            Cell::from(exception.kind.word()),
            exception.subject.as_str().into(),
            exception.value.as_str().into(),
            exception.threshold.as_str().into(),
            exception.since.into(),
            exception.money.into(),
            exception.hint.as_str().into(),
            playbook.owner.as_str().into(),
            exception.due_at(&playbook).into(),
            playbook.steps.as_str().into(),
            exception.currency.as_deref().into(),
        ]);
    }
    rows.finish()
}
