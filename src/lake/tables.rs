//! What tables are there? Names, keys and columns as data; everything that reads or writes the
//! lake walks this list.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use rustc_hash::FxHashMap;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// A count: `BIGINT`.
    Integer,
    /// An amount in the row's `currency`: `DECIMAL(18,4)`.
    Money,
    /// A share or an exchange rate: `DECIMAL(18,6)`.
    Rate,
    /// A calendar day in the shop's time zone: `DATE`.
    Day,
    /// An instant: `TIMESTAMP(µs, UTC)`.
    Timestamp,
    /// A measurement that is never money: `DOUBLE`.
    Real,
    /// Yes or no: `BOOLEAN`.
    Flag,
}

impl Kind {
    /// The Arrow type.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Integer => DataType::Int64,
            Self::Money => DataType::Decimal128(18, 4),
            Self::Rate => DataType::Decimal128(18, 6),
            Self::Day => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Real => DataType::Float64,
            Self::Flag => DataType::Boolean,
        }
    }
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be unknown. A key column never is.
    pub nullable: bool,
}

/// How two rows with one key come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// The newest state wins by `updated_at`, then by `exported_at`; earlier states go to
    /// `<table>_history`.
    NewestState,
    /// A row is a fact that never changes; the same key with another content is a conflict.
    Immutable,
}

/// One table of the lake.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name and its folder's.
    pub name: &'static str,
    /// The first columns, which name a row.
    pub key: &'static [&'static str],
    /// All columns but the three of origin.
    pub columns: &'static [Column],
    /// The day column by whose month the rows lie in files; none for small tables.
    pub month_by: Option<&'static str>,
    /// How rows with one key come together.
    pub merge: Merge,
    /// The column of the key that is a name made of what the row says, where a file gives it none: rows
    /// that say the same stay as many as they are.
    pub named_by_content: Option<&'static str>,
}

impl Table {
    /// The table of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        NAMED.get(name).copied()
    }

    /// Where a column stands among [`Table::columns`].
    pub fn place(&self, column: &str) -> Option<usize> {
        PLACES.get(&(self.name, column)).copied()
    }

    /// All columns, those of origin last.
    pub fn all_columns(&self) -> impl Iterator<Item = Column> + '_ {
        self.columns.iter().chain(ORIGIN).copied()
    }

    /// The Arrow schema, columns of origin included.
    pub fn schema(&self) -> SchemaRef {
        let fields: Vec<Field> = self
            .all_columns()
            .map(|column| Field::new(column.name, column.kind.data_type(), column.nullable))
            .collect();
        Arc::new(Schema::new(fields))
    }
}

/// Where a table stands among [`TABLES`]; a compile error where there is none of this name.
pub(crate) const fn table_place(name: &str) -> usize {
    let mut place = 0;
    while place < TABLES.len() {
        if same_text(TABLES[place].name, name) {
            return place;
        }
        place += 1;
    }
    panic!("the lake has no such table")
}

/// Where a column stands in a table; a compile error where there is none of this name.
pub(crate) const fn column_place(table: usize, name: &str) -> usize {
    let mut place = 0;
    while place < TABLES[table].columns.len() {
        if same_text(TABLES[table].columns[place].name, name) {
            return place;
        }
        place += 1;
    }
    panic!("the table has no such column")
}

/// `==` for what is worked out by the compiler.
pub(crate) const fn same_text(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// Rows name tables and columns a dozen times each, millions of times a night.
static NAMED: LazyLock<FxHashMap<&str, &'static Table>> =
    LazyLock::new(|| TABLES.iter().map(|table| (table.name, table)).collect());
static PLACES: LazyLock<FxHashMap<(&str, &str), usize>> = LazyLock::new(|| {
    let places = |table: &'static Table| {
        table.columns.iter().enumerate().map(|(place, column)| ((table.name, column.name), place))
    };
    TABLES.iter().flat_map(places).collect()
});

/// Where a row came from: the file under `exports/`, its line counted from 1, the run that read it.
pub const ORIGIN: &[Column] =
    &[need("source_file", Kind::Text), need("source_line", Kind::Integer), need("run", Kind::Text)];

const fn need(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: true }
}

use Kind::{Day, Flag, Integer, Money, Rate, Text, Timestamp};

/// Every table of the lake; [`Table::meaning`] tells what a column holds.
///
/// `sku` is the seller's own number as the export states it; where an export knows only the
/// channel's number it is null and `channel_sku` carries that. `catalog` maps both onto products
/// when a query runs, so that an alias that arrives later changes the past as well.
pub static TABLES: &[Table] = &[
    Table {
        name: "order_lines",
        key: &["channel", "order_id", "line_id"],
        columns: &[
            need("channel", Text),
            need("order_id", Text),
            need("line_id", Text),
            need("ordered_at", Timestamp),
            need("order_day", Day),
            may("updated_at", Timestamp),
            // when the document was made, where `updated_at` is worked out and the document shows
            // the whole order
            may("exported_at", Timestamp),
            may("sku", Text),
            may("channel_sku", Text),
            may("title", Text),
            need("quantity", Integer),
            may("unit_price", Money),
            may("gross", Money),
            may("discount", Money),
            may("shipping_charged", Money),
            may("tax", Money),
            need("currency", Text),
            need("status", Text),
            may("cancel_reason", Text),
            need("fulfilment", Text),
            may("location", Text),
            may("country", Text),
            // the kinds are listed in `ORDER_LINE_KINDS`
            need("kind", Text),
            may("currency_assumed", Flag),
            may("unit_cost", Money),
        ],
        month_by: Some("order_day"),
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "orders",
        key: &["channel", "order_id"],
        columns: &[
            need("channel", Text),
            need("order_id", Text),
            need("ordered_at", Timestamp),
            need("order_day", Day),
            may("updated_at", Timestamp),
            may("exported_at", Timestamp),
            need("total", Money),
            // the kinds of totals are listed in `ORDER_TOTALS`
            need("total_of", Text),
            need("currency", Text),
            may("payment_method", Text),
            may("status", Text),
        ],
        month_by: Some("order_day"),
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "refund_lines",
        key: &["channel", "refund_id", "line_id"],
        columns: &[
            need("channel", Text),
            need("refund_id", Text),
            need("line_id", Text),
            may("order_id", Text),
            need("refunded_at", Timestamp),
            need("refund_day", Day),
            // when the document was made, where it does not date the refund
            may("exported_at", Timestamp),
            may("sku", Text),
            may("channel_sku", Text),
            may("quantity", Integer),
            may("amount", Money),
            may("currency", Text),
            may("reason", Text),
            need("disposition", Text),
            may("tax_included", Flag),
            may("cumulative", Flag),
            may("order_line_id", Text),
            may("credit_note", Flag),
        ],
        month_by: Some("refund_day"),
        merge: Merge::NewestState,
        named_by_content: Some("line_id"),
    },
    Table {
        name: "settlement_lines",
        key: &["channel", "settlement_id", "line"],
        columns: &[
            need("channel", Text),
            need("settlement_id", Text),
            need("line", Text),
            need("posted_at", Timestamp),
            need("posted_day", Day),
            may("order_id", Text),
            may("sku", Text),
            may("channel_sku", Text),
            may("title", Text),
            may("quantity", Integer),
            // the kinds are listed in `SETTLEMENT_KINDS`
            need("kind", Text),
            may("description", Text),
            need("amount", Money),
            need("currency", Text),
            may("tax_included", Flag),
            may("whole", Flag),
            may("kind_assumed", Flag),
        ],
        month_by: Some("posted_day"),
        merge: Merge::NewestState,
        named_by_content: Some("line"),
    },
    Table {
        name: "settlements",
        key: &["channel", "settlement_id"],
        columns: &[
            need("channel", Text),
            need("settlement_id", Text),
            may("start", Timestamp),
            may("end", Timestamp),
            may("deposited_on", Day),
            need("total", Money),
            need("currency", Text),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "channel_stock",
        key: &["channel", "channel_sku", "location", "reported_at"],
        columns: &[
            need("channel", Text),
            need("channel_sku", Text),
            need("location", Text),
            need("reported_at", Timestamp),
            need("reported_day", Day),
            may("sku", Text),
            may("listed", Integer),
            may("available", Integer),
            may("reserved", Integer),
            may("inbound", Integer),
            may("damaged", Integer),
        ],
        month_by: Some("reported_day"),
        merge: Merge::Immutable,
        named_by_content: None,
    },
    Table {
        name: "stock",
        key: &["sku", "location", "at"],
        columns: &[
            need("sku", Text),
            need("location", Text),
            need("at", Timestamp),
            need("stock_day", Day),
            need("on_hand", Integer),
            may("reserved", Integer),
            may("damaged", Integer),
            may("inbound", Integer),
            may("quality_hold", Integer),
        ],
        month_by: Some("stock_day"),
        merge: Merge::Immutable,
        named_by_content: None,
    },
    Table {
        name: "stock_movements",
        key: &["movement_id"],
        columns: &[
            need("movement_id", Text),
            need("at", Timestamp),
            need("movement_day", Day),
            need("sku", Text),
            need("location", Text),
            // the kinds are listed in `MOVEMENT_KINDS`
            need("kind", Text),
            need("quantity", Integer),
            may("reference", Text),
            may("owner", Text),
            may("reason", Text),
        ],
        month_by: Some("movement_day"),
        merge: Merge::Immutable,
        named_by_content: Some("movement_id"),
    },
    Table {
        name: "listings",
        key: &["channel", "channel_sku", "at"],
        columns: &[
            need("channel", Text),
            need("channel_sku", Text),
            need("at", Timestamp),
            may("sku", Text),
            may("price", Money),
            may("list_price", Money),
            may("coupon_price", Money),
            may("currency", Text),
            may("title", Text),
            may("status", Text),
            may("barcode", Text),
            may("weight_grams", Integer),
            may("brand", Text),
            may("listed", Integer),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "products",
        key: &["sku"],
        columns: &[
            need("sku", Text),
            may("title", Text),
            may("category", Text),
            may("class", Text),
            may("barcode", Text),
            may("brand", Text),
            may("weight_grams", Integer),
            may("price", Money),
            may("map_price", Money),
            may("msrp", Money),
            may("currency", Text),
            may("supplier", Text),
            may("lead_time_days", Integer),
            may("minimum_order", Integer),
            may("case_pack", Integer),
            may("launched_on", Day),
            may("discontinued_on", Day),
            may("updated_at", Timestamp),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "costs",
        key: &["sku", "from"],
        columns: &[
            need("sku", Text),
            need("from", Day),
            may("until", Day),
            need("unit_cost", Money),
            need("currency", Text),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "listing_costs",
        key: &["channel", "channel_sku", "from"],
        columns: &[
            need("channel", Text),
            need("channel_sku", Text),
            need("from", Day),
            may("sku", Text),
            need("unit_cost", Money),
            need("currency", Text),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "aliases",
        key: &["channel", "channel_sku", "from"],
        columns: &[
            need("channel", Text),
            need("channel_sku", Text),
            need("from", Day),
            may("until", Day),
            need("sku", Text),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "bundles",
        key: &["bundle_sku", "component_sku", "from"],
        columns: &[
            need("bundle_sku", Text),
            need("component_sku", Text),
            need("from", Day),
            may("until", Day),
            need("quantity", Integer),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "promotions",
        key: &["promotion", "channel", "sku"],
        columns: &[
            need("promotion", Text),
            need("channel", Text),
            need("sku", Text),
            need("from", Timestamp),
            need("until", Timestamp),
            may("kind", Text),
            may("discount_rate", Rate),
            may("expected_units", Integer),
            may("reserved_units", Integer),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "sync_events",
        key: &["event_id"],
        columns: &[
            need("event_id", Text),
            need("channel", Text),
            need("sku", Text),
            need("source_at", Timestamp),
            need("source_day", Day),
            may("reflected_at", Timestamp),
            may("quantity", Integer),
            need("result", Text),
            may("failure", Text),
        ],
        month_by: Some("source_day"),
        merge: Merge::Immutable,
        named_by_content: None,
    },
    Table {
        name: "overrides",
        key: &["override_id"],
        columns: &[
            need("override_id", Text),
            need("at", Timestamp),
            may("channel", Text),
            need("sku", Text),
            need("field", Text),
            may("value", Text),
            may("owner", Text),
            may("reason", Text),
            may("until", Day),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "exchange_rates",
        key: &["day", "currency", "into"],
        columns: &[need("day", Day), need("currency", Text), need("into", Text), need("rate", Rate)],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
    Table {
        name: "advertising",
        key: &["channel", "day", "campaign", "sku"],
        columns: &[
            need("channel", Text),
            need("day", Day),
            need("campaign", Text),
            need("sku", Text),
            need("amount", Money),
            need("currency", Text),
            may("in_settlement", Flag),
        ],
        month_by: None,
        merge: Merge::NewestState,
        named_by_content: None,
    },
];
