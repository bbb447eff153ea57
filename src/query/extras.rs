//! Which tables are there beside the lake's? The run, the calendar, and what `catalog` works out
//! from the settings.

use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Currency, Day, Month};

/// A table that queries may read and that does not lie in the lake.
#[derive(Clone, Copy, Debug)]
pub struct ExtraTable {
    /// Its name.
    pub name: &'static str,
    /// Its columns, those of the key first.
    pub columns: &'static [Column],
}

impl ExtraTable {
    /// An empty builder of this table.
    pub fn builder(&self) -> RowsBuilder {
        RowsBuilder::new(self.name, self.columns.iter().copied())
    }
}

const fn need(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: true }
}

/// One row: the day the run stands on.
pub static RUN: ExtraTable = ExtraTable {
    name: "run",
    columns: &[
        need("as_of", Kind::Day),
        // the first instant after that day in the shop's time zone
        need("as_of_end", Kind::Timestamp),
        need("currency", Kind::Text),
    ],
};

/// One row per day of the history: what `date_trunc` and `extract` would tell.
pub static CALENDAR: ExtraTable = ExtraTable {
    name: "calendar",
    columns: &[
        need("day", Kind::Day),
        // YYYY-MM
        need("month", Kind::Text),
        // the Monday
        need("week_start", Kind::Day),
        // 0 Monday to 6 Sunday
        need("weekday", Kind::Integer),
    ],
};

/// One row per channel, number seen there and span of days: the product behind it.
pub static SKU_MAP: ExtraTable = ExtraTable {
    name: "sku_map",
    columns: &[
        need("channel", Kind::Text),
        // the channel's number or, where an export knows only that, the SKU as it stands there
        need("channel_sku", Kind::Text),
        // null where nothing tells
        may("sku", Kind::Text),
        // barcode, alias, sku, unmapped
        need("matched_by", Kind::Text),
        // the days on which it stood for that; those of one number leave no day out and none twice
        need("from_day", Kind::Day),
        need("until_day", Kind::Day),
    ],
};

/// One row per bundle, component and span of days, bundles in bundles taken apart. On days on which
/// no composition was in force the bundle is a part of itself, once.
pub static BUNDLE_PARTS: ExtraTable = ExtraTable {
    name: "bundle_parts",
    columns: &[
        need("bundle_sku", Kind::Text),
        need("sku", Kind::Text),
        need("quantity", Kind::Integer),
        // the spans of one bundle leave no day out and none twice
        need("from_day", Kind::Day),
        need("until_day", Kind::Day),
    ],
};

/// One row per channel of the settings.
pub static CHANNELS: ExtraTable = ExtraTable {
    name: "channels",
    columns: &[
        need("channel", Kind::Text),
        need("kind", Kind::Text),
        need("tier", Kind::Integer),
        need("pool", Kind::Text),
        need("fulfilled_by_channel", Kind::Flag),
        need("is_marketplace", Kind::Flag),
    ],
};

/// One row per channel of the settings: the currency of amounts whose file names none, `XXX` where
/// nobody tells it.
pub static CHANNEL_CURRENCIES: ExtraTable =
    ExtraTable { name: "channel_currencies", columns: &[need("channel", Kind::Text), need("currency", Kind::Text)] };

/// All of them.
pub static EXTRA_TABLES: &[&ExtraTable] = &[&RUN, &CALENDAR, &SKU_MAP, &BUNDLE_PARTS, &CHANNELS, &CHANNEL_CURRENCIES];

/// True for the name of an extra table.
pub(crate) fn is_extra(name: &str) -> bool {
    EXTRA_TABLES.iter().any(|table| table.name == name)
}

/// What every query of a run is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunParameters {
    /// The day the reports stand on.
    pub as_of: Day,
    /// The currency of the reports.
    pub currency: Currency,
    /// The zone whose midnight ends that day.
    pub time_zone: chrono_tz::Tz,
}

impl RunParameters {
    /// A run whose days are days of UTC.
    pub fn new(as_of: Day, currency: Currency) -> Self {
        Self { as_of, currency, time_zone: chrono_tz::Tz::UTC }
    }

    /// With the days of a time zone.
    pub fn in_zone(self, time_zone: chrono_tz::Tz) -> Self {
        Self { time_zone, ..self }
    }

    /// The table `run`.
    pub(crate) fn rows(&self) -> Rows {
        let mut builder = RUN.builder();
        let end = self.as_of.plus(1).start_in(self.time_zone);
        builder.push([self.as_of.into(), end.into(), Cell::from(self.currency.as_str())]);
        builder.finish()
    }
}

/// The table `calendar` for whole months.
pub(crate) fn calendar(first: Month, last: Month) -> Rows {
    let mut builder = CALENDAR.builder();
    let mut day = first.first();
    while day <= last.last() {
        let weekday = day.weekday() as i32;
        builder.push([
            Cell::from(day),
            day.month().to_string().into(),
            day.plus(-weekday).into(),
            i64::from(weekday).into(),
        ]);
        day = day.plus(1);
    }
    builder.finish()
}
