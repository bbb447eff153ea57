//! Layouts without a channel: the lake's own tables and a plain list of order lines.

use super::order_rows::orders;
use super::words;
use crate::ingest::cell::Reader;
use crate::ingest::context::Context;
use crate::ingest::export::{Layout, LayoutField, Owner, Place, Presence, Rules, Style};
use crate::ingest::shape::{ByGroup, ByRow, Draft, Verdict, View, is_derived};
use crate::ingest::totals::REFUNDED;
use crate::lake::{
    self, Cell, Column, Kind, MOVEMENT_KINDS, ORDER_LINE_KIND_WORDS, ORDER_TOTALS, SETTLEMENT_KINDS, TABLES, Table,
};

/// Every table of the lake as a plain file: the headers are its columns.
pub(crate) fn tables() -> impl Iterator<Item = Layout> {
    TABLES.iter().map(|table| {
        let columns = table.columns.iter().filter(|column| is_read(column.name));
        let fields = columns.map(|column| field(table, *column, &[column.name])).collect();
        layout(table.name.to_owned(), table, fields)
    })
}

/// Whether a file can say it.
pub(crate) fn is_read(column: &str) -> bool {
    !is_derived(column) && !matches!(column, "exported_at" | "currency_assumed")
}

pub(super) fn layout(id: String, table: &'static Table, fields: Vec<LayoutField>) -> Layout {
    let group =
        (table.name == "order_lines").then(|| fields.iter().position(|field| field.name == "order_id")).flatten();
    // Lines that say what their order comes to are held against it.
    let total = fields.iter().position(|field| field.name == "order_total");
    let totals = total.map(|place| (Place::at(place), "all")).into_iter().collect();
    Layout {
        id,
        owner: Owner::Rows,
        document: table.name.replace('_', " "),
        table,
        fields: fields.into(),
        others: None,
        never: Vec::new(),
        width: None,
        exact: true,
        style: Style { refuses_undecided_dates: false, ..Style::CSV },
        dates: None,
        zone: None,
        rules: Rules::default(),
        group,
        totals,
        shape: if table.name == "order_lines" { |_| Box::new(ByGroup(orders)) } else { |_| Box::new(ByRow(straight)) },
    }
}

pub(super) fn field(table: &'static Table, column: Column, headers: &[&str]) -> LayoutField {
    let named_here = (table.name, column.name) == ("order_lines", "line_id");
    let filled = !column.nullable && !named_here;
    let presence = if filled { Presence::Filled } else { Presence::Optional };
    let mut field = LayoutField::new(column.name, headers, presence, reader(table, column));
    if matches!((table.name, column.name), ("advertising" | "overrides", "sku")) {
        field.presence = Presence::Optional;
        field.default = Some(String::new());
    }
    if (table.name, column.name) == ("order_lines", "fulfilment") {
        field.presence = Presence::Optional;
        field.default = Some("seller".to_owned());
    }
    if (table.name, column.name) == ("order_lines", "kind") {
        field.presence = Presence::Optional;
    }
    if (table.name, column.name) == ("orders", "total_of") {
        field.presence = Presence::Optional;
        field.default = Some("all".to_owned());
    }
    field
}

/// How a column of the lake is read.
pub(crate) fn reader(table: &Table, column: Column) -> Reader {
    match (table.name, column.name) {
        ("order_lines" | "orders", "status") => return Reader::Word(words::ORDER_STATUS),
        ("order_lines", "cancel_reason") => return Reader::Word(words::CANCEL_REASON),
        ("order_lines", "fulfilment") => return Reader::Word(words::FULFILMENT),
        ("refund_lines", "disposition") => return Reader::Word(words::DISPOSITION),
        ("sync_events", "result") => return Reader::Word(words::SYNC_RESULT),
        ("order_lines", "kind") => return Reader::OneOf(ORDER_LINE_KIND_WORDS),
        ("orders", "total_of") => return Reader::OneOf(ORDER_TOTALS),
        ("settlement_lines", "kind") => return Reader::OneOf(SETTLEMENT_KINDS),
        ("stock_movements", "kind") => return Reader::OneOf(MOVEMENT_KINDS),
        ("products", "lead_time_days") => return Reader::LeadTime,
        (_, "currency" | "into") => return Reader::Currency,
        _ => {}
    }
    let ahead = matches!(table.name, "promotions") || matches!(column.name, "start" | "end" | "from" | "until");
    match column.kind {
        Kind::Text if is_identifier(column.name) => Reader::Identifier,
        Kind::Text => Reader::Prose,
        Kind::Integer => Reader::Count,
        Kind::Money => Reader::Money,
        Kind::Rate | Kind::Real => Reader::Rate,
        Kind::Day => Reader::Day,
        Kind::Timestamp if ahead => Reader::AnyInstant,
        Kind::Timestamp => Reader::Instant,
        Kind::Flag => Reader::Flag,
    }
}

fn is_identifier(column: &str) -> bool {
    let plain = ["sku", "channel", "location", "line", "reference", "barcode", "campaign", "promotion"];
    plain.contains(&column) || column.ends_with("_id") || column.ends_with("_sku")
}

fn straight(view: &View<'_>, context: &Context) -> Verdict {
    let mut draft = Draft::of(view.layout.table).with(view);
    if let Some(channel) = &context.channel {
        draft = draft.set("channel", channel);
    }
    Verdict::Facts(vec![draft])
}

/// What fills a column that a mapping does not give and every row must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandIn {
    /// The same as this column.
    Like(&'static str),
    /// The day in the file's name, else the day on which it was written.
    FileName,
    /// The channel's pool.
    Pool,
    /// A name made from what the row says.
    Named,
    /// Units times the price of one.
    Product,
    /// An article, which is given away where nothing is to be paid for it.
    Article,
    /// This text.
    Text(&'static str),
}

/// What fills a column of a table where a mapping does not give it.
pub(crate) fn stand_in(table: &str, column: &str) -> Option<StandIn> {
    let held = |list: &[(&str, &str)]| list.contains(&(table, column));
    if let Some((_, _, other)) = SAME_AS.iter().find(|(name, same, _)| (*name, *same) == (table, column)) {
        return Some(StandIn::Like(other));
    }
    match (table, column) {
        ("channel_stock", "location") => Some(StandIn::Pool),
        ("order_lines", "fulfilment") => Some(StandIn::Text("seller")),
        ("order_lines", "kind") => Some(StandIn::Article),
        ("orders", "total_of") => Some(StandIn::Text("all")),
        ("advertising" | "overrides", "sku") => Some(StandIn::Text("")),
        ("order_lines", "line_id") => Some(StandIn::Named),
        ("order_lines", "gross") => Some(StandIn::Product),
        ("order_lines", "channel_sku") => Some(StandIn::Like("sku")),
        _ if Table::named(table).is_some_and(|table| table.named_by_content == Some(column)) => Some(StandIn::Named),
        _ if held(COUNTED_AT) => Some(StandIn::FileName),
        _ => None,
    }
}

/// When what a file shows was so.
const COUNTED_AT: &[(&str, &str)] = &[("channel_stock", "reported_at"), ("stock", "at"), ("listings", "at")];

/// What a missing column is the same as.
const SAME_AS: &[(&str, &str, &str)] = &[
    ("channel_stock", "channel_sku", "sku"),
    ("channel_stock", "listed", "available"),
    ("channel_stock", "available", "listed"),
    ("listings", "channel_sku", "sku"),
    ("refund_lines", "refund_id", "order_id"),
    ("refund_lines", "channel_sku", "sku"),
    ("settlement_lines", "channel_sku", "sku"),
];

/// A row of a layout that need not name everything: what the file leaves out is filled in where the
/// rest says it.
pub(super) fn filled_in(view: &View<'_>, context: &Context) -> Verdict {
    let table = view.layout.table;
    let mut draft = Draft::of(table).with(view);
    if let Some(channel) = &context.channel {
        draft = draft.set("channel", channel);
    }
    for (_, column, same_as) in SAME_AS.iter().filter(|(name, _, _)| *name == table.name) {
        if *draft.get(column) == Cell::Null {
            let cell = draft.get(same_as).clone();
            draft = draft.set(column, cell);
        }
    }
    let counted_at = COUNTED_AT.iter().find(|(name, _)| *name == table.name);
    if let Some((_, column)) = counted_at.filter(|(_, column)| *draft.get(column) == Cell::Null) {
        draft = draft.set(column, context.snapshot);
    }
    if table.name == "refund_lines" && draft.get("tax_included").is_null() {
        draft = draft.set("tax_included", view.layout.rules.headers_hold_tax);
    }
    if table.name == "channel_stock" && *draft.get("location") == Cell::Null {
        draft = draft.set("location", context.pool.as_str());
    }
    if let Some(column) = table.named_by_content.filter(|column| *draft.get(column) == Cell::Null) {
        let name = name_of(&draft);
        draft = draft.set(column, name);
    }
    Verdict::Facts(vec![draft])
}

/// The name of a row by all that it says, beside the others of its order or article.
fn name_of(draft: &Draft) -> String {
    let mut said = Vec::with_capacity(256);
    for cell in &draft.cells {
        if !cell.is_null() {
            said.push(1);
        }
        match cell {
            Cell::Null => {}
            Cell::Text(text) => said.extend_from_slice(text.as_bytes()),
            Cell::Integer(count) => said.extend_from_slice(&count.to_le_bytes()),
            Cell::Money(amount) => said.extend_from_slice(&amount.ten_thousandths().to_le_bytes()),
            Cell::Rate(rate) => said.extend_from_slice(&rate.millionths().to_le_bytes()),
            Cell::Day(day) => said.extend_from_slice(&day.days().to_le_bytes()),
            Cell::Timestamp(at) => said.extend_from_slice(&at.micros().to_le_bytes()),
            Cell::Real(real) => said.extend_from_slice(&real.to_bits().to_le_bytes()),
            Cell::Flag(flag) => said.push(u8::from(*flag)),
        }
        said.push(0);
    }
    let beside = ["order_id", "sku"].map(|column| draft.get(column));
    let beside = beside.into_iter().find_map(|cell| if let Cell::Text(text) = cell { Some(text) } else { None });
    lake::twin_name(beside.map_or("", |text| text.as_str()), &[&said])
}

/// A plain list of order lines, as small portals and home-made scripts write it.
pub(crate) fn order_lines() -> Layout {
    use Presence::{Filled, Optional};
    let table = Table::named("order_lines").expect("a table of the lake");
    let make = |name: &str, header: &str, presence, reader| LayoutField::new(name, &[header], presence, reader);
    let fields = vec![
        make("order_id", "order_id", Filled, Reader::Identifier),
        make("line_id", "line_id", Optional, Reader::Identifier),
        make("sku", "sku", Filled, Reader::Identifier),
        make("channel", "channel", Filled, Reader::Identifier),
        make("quantity", "qty", Filled, Reader::Quantity),
        make("unit_price", "unit_price", Filled, Reader::Money),
        make("currency", "currency", Filled, Reader::Currency),
        make("ordered_at", "ordered_at", Filled, Reader::Instant),
        make("status", "status", Filled, Reader::Word(words::ORDER_STATUS)),
        make("updated_at", "updated_at", Optional, Reader::Instant),
        make("order_total", "order_total", Optional, Reader::Money),
        make(REFUNDED, REFUNDED, Optional, Reader::Money),
    ];
    let rules = Rules { state_tells_refund: true, ..Rules::default() };
    let (exact, document) = (false, "orders".to_owned());
    Layout { exact, document, rules, ..layout("plain-orders".to_owned(), table, fields) }
}

/// A plain list of what channels show.
pub(crate) fn snapshot() -> Layout {
    use Presence::Filled;
    let table = Table::named("channel_stock").expect("a table of the lake");
    let make = |name: &str, header: &str, presence, reader| LayoutField::new(name, &[header], presence, reader);
    let fields = vec![
        make("channel", "channel", Filled, Reader::Identifier),
        make("sku", "sku", Filled, Reader::Identifier),
        make("available", "available", Filled, Reader::Count),
        make("reported_at", "as_of", Filled, Reader::Instant),
    ];
    let shape: crate::ingest::export::MakeShape = |_| Box::new(ByRow(shown_stock));
    let exact = false;
    Layout { exact, shape, document: "inventory".to_owned(), ..layout("plain-inventory".to_owned(), table, fields) }
}

fn shown_stock(view: &View<'_>, context: &Context) -> Verdict {
    let draft = Draft::of(view.layout.table)
        .with(view)
        .set("channel_sku", view.cell("sku").clone())
        .set("listed", view.cell("available").clone())
        .set("location", context.pool.as_str());
    Verdict::Facts(vec![draft])
}
