//! The tables that a file may be of: which columns tell each, and which it asks for.

/// A table, the columns that tell it, and the columns that it asks for.
pub(super) struct Target {
    pub(super) table: &'static str,
    /// Without one of each of these lists, the file is none of these.
    pub(super) telling: &'static [&'static [&'static str]],
    /// Columns in the order in which they choose their headers.
    pub(super) columns: &'static [&'static str],
    /// The text of every row where no header fits; the shop's currency where it is empty.
    pub(super) constants: &'static [(&'static str, &'static str)],
}

/// The tables that a file is held against; the first that fits is it.
pub(super) const TARGETS: &[Target] = &[
    Target {
        table: "refund_lines",
        telling: &[&["refunded_at"], &["order_id", "sku"]],
        columns: &[
            "channel",
            "refunded_at",
            "refund_id",
            "order_id",
            "line_id",
            "sku",
            "quantity",
            "amount",
            "currency",
            "reason",
        ],
        constants: &[("currency", ""), ("disposition", "unknown")],
    },
    Target {
        table: "stock_movements",
        telling: &[&["kind"], &["sku"], &["quantity"], &["at"]],
        columns: &["movement_id", "at", "sku", "location", "kind", "quantity", "reference", "owner", "reason"],
        constants: &[("location", "main")],
    },
    Target {
        table: "order_lines",
        telling: &[&["order_id"], &["ordered_at"], &["quantity"], &["sku", "title"]],
        columns: &[
            "channel",
            "order_id",
            "line_id",
            "ordered_at",
            "sku",
            "title",
            "quantity",
            "unit_price",
            "gross",
            "discount",
            "shipping_charged",
            "tax",
            "unit_cost",
            "currency",
            "status",
            "country",
        ],
        constants: &[("currency", ""), ("status", "paid")],
    },
    Target {
        table: "settlement_lines",
        telling: &[&["posted_at"], &["amount"], &["settlement_id", "order_id"], &["kind"]],
        columns: &[
            "channel",
            "posted_at",
            "settlement_id",
            "order_id",
            "sku",
            "kind",
            "description",
            "amount",
            "currency",
        ],
        constants: &[("settlement_id", "all"), ("kind", "other"), ("currency", "")],
    },
    Target {
        table: "costs",
        telling: &[&["sku"], &["unit_cost"]],
        columns: &["sku", "from", "until", "unit_cost", "currency"],
        constants: &[("from", "2000-01-01"), ("currency", "")],
    },
    Target {
        table: "channel_stock",
        telling: &[&["sku"], &["available"]],
        columns: &["channel", "sku", "location", "reported_at", "available", "reserved", "inbound", "damaged"],
        constants: &[],
    },
    Target {
        table: "stock",
        telling: &[&["sku"], &["on_hand"]],
        columns: &["sku", "location", "at", "on_hand", "reserved", "damaged", "inbound", "quality_hold"],
        constants: &[("location", "main")],
    },
    Target {
        table: "products",
        telling: &[&["sku"], &["title"]],
        columns: &[
            "sku",
            "title",
            "category",
            "barcode",
            "brand",
            "price",
            "msrp",
            "currency",
            "supplier",
            "lead_time_days",
        ],
        constants: &[("currency", "")],
    },
];

/// What a file must have before it is anything near these tables.
pub(super) const MARKS: &[(&str, &str)] = &[
    ("refund_lines", "refunded_at"),
    ("stock_movements", "kind"),
    ("settlement_lines", "amount"),
    ("costs", "unit_cost"),
];
