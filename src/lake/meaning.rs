//! What do the tables and columns hold? For people who fill them, in a word each.

use super::tables::Table;

impl Table {
    /// What its rows are.
    pub fn about(&self) -> &'static str {
        ABOUT.iter().find(|(table, _)| *table == self.name).map_or("", |(_, about)| about)
    }

    /// What a column holds, with its unit and its sign; empty where its name says it.
    pub fn meaning(&self, column: &str) -> &'static str {
        let here = HERE.iter().find(|(table, name, _)| (*table, *name) == (self.name, column));
        let usual = || USUAL.iter().find(|(name, _)| *name == column).map(|(_, meaning)| *meaning);
        here.map(|(_, _, meaning)| *meaning).or_else(usual).unwrap_or_default()
    }
}

const ABOUT: &[(&str, &str)] = &[
    ("order_lines", "what customers ordered, a row per article of an order"),
    ("orders", "what a document says each order comes to, which its lines are held against"),
    ("refund_lines", "what buyers sent back or got back"),
    ("settlement_lines", "what a channel paid and kept, a row per amount"),
    ("settlements", "the payouts with their totals, which the lines must come to"),
    ("channel_stock", "the counts that a channel shows, a row per listing and time"),
    ("stock", "the counts of the source of truth, a row per SKU, location and time"),
    ("stock_movements", "every change of those counts"),
    ("listings", "what a channel shows of each article"),
    ("listing_costs", "what a unit costs by the channel's own list of products, where `costs` has none"),
    ("products", "your articles"),
    ("costs", "what a unit costs you, from a day on"),
    ("aliases", "which of your articles a channel's number means"),
    ("bundles", "which articles are in a bundle, a row per part"),
    ("promotions", "what is sold cheaper, where and when"),
    ("sync_events", "the counts sent to channels, and when a channel showed them"),
    ("overrides", "what people changed by hand"),
    ("exchange_rates", "what a currency is worth in another, by day"),
    ("advertising", "what advertising cost, by day and campaign"),
];

/// Columns that mean the same in every table that has them.
const USUAL: &[(&str, &str)] = &[
    ("channel", "a `[channel.NAME]` of the settings"),
    ("order_id", "the order's number, as the channel writes it"),
    ("sku", "your number of the article, exact text"),
    ("channel_sku", "the channel's number of the article"),
    ("title", "what the article is called"),
    ("quantity", "units"),
    ("currency", "three letters, such as `USD`"),
    ("location", "the pool or warehouse, such as `main`"),
    ("updated_at", "when this state came about; the newest state counts"),
    ("country", "where it goes, two letters"),
    ("reserved", "units that orders hold"),
    ("inbound", "units on their way in"),
    ("damaged", "units that cannot be sold"),
    ("from", "the first day on which it holds"),
    ("until", "the last day; empty: until told otherwise"),
    ("reason", "why, in your words"),
    ("owner", "who"),
    ("barcode", "EAN, UPC or GTIN"),
    ("brand", ""),
    ("weight_grams", "of one unit"),
];

const HERE: &[(&str, &str, &str)] = &[
    ("order_lines", "line_id", "tells the lines of an order apart"),
    ("order_lines", "ordered_at", "when it was ordered"),
    (
        "order_lines",
        "quantity",
        "units; below zero on a `refunded` line is what came back; a `refunded` line above zero was sold and given back",
    ),
    ("order_lines", "unit_price", "of one unit, before discounts"),
    ("order_lines", "gross", "quantity × unit price before discounts, without tax that the marketplace remits"),
    ("order_lines", "discount", "of the line, positive"),
    ("order_lines", "shipping_charged", "what the buyer paid for shipping, positive"),
    ("order_lines", "tax", "what the buyer paid as tax, positive"),
    ("order_lines", "status", "what state the order is in"),
    ("order_lines", "cancel_reason", "why it was cancelled"),
    ("order_lines", "fulfilment", "who ships; `other_channel`: an order of another channel, which is no demand here"),
    ("order_lines", "location", "the pool that it ships from"),
    ("order_lines", "unit_cost", "what one unit cost you, landed; counts where `costs` has nothing of the article"),
    ("order_lines", "kind", "what it is; all but `article` and `giveaway` have no units, cost or demand"),
    ("order_lines", "currency_assumed", "yes where the file names no currency and the channel's is taken"),
    ("orders", "ordered_at", "when it was ordered"),
    ("orders", "total", "what the order comes to, as the document says"),
    ("orders", "total_of", "what the total holds: everything, everything but tax, or goods less discounts"),
    ("orders", "payment_method", "how it was paid, in the channel's own words"),
    ("orders", "status", "`cancelled` where the document says so of the order as a whole"),
    ("refund_lines", "refund_id", "the refund's number"),
    ("refund_lines", "line_id", "tells the lines of a refund apart"),
    (
        "refund_lines",
        "credit_note",
        "yes where it is a document of its own, which counts though nobody knows its order",
    ),
    (
        "refund_lines",
        "order_line_id",
        "the `line_id` of the order's line that came back: it tells the article. Where a mapping's refunds have their \
         `line_id` under the same header as its orders, that is it, unless the header counts anew in every document, as \
         `Line No`, `Pos` or `Row` do: then only this column says so",
    ),
    ("refund_lines", "refunded_at", "when"),
    ("refund_lines", "quantity", "units that came back"),
    ("refund_lines", "amount", "what the buyer got back, positive; empty where the settlement tells it"),
    ("refund_lines", "disposition", "what became of the goods"),
    ("refund_lines", "tax_included", "whether the amount holds the tax; empty: it does not"),
    (
        "refund_lines",
        "cumulative",
        "yes where the amount is all that went back of the order so far, whoever else tells parts of it",
    ),
    ("settlement_lines", "settlement_id", "the payout or statement that it belongs to"),
    ("settlement_lines", "line", "tells the lines of a settlement apart"),
    ("settlement_lines", "posted_at", "when it was booked"),
    ("settlement_lines", "title", "what the article is called, where no number names it"),
    ("settlement_lines", "kind", "what the amount is for"),
    ("settlement_lines", "description", "the channel's own words"),
    ("settlement_lines", "amount", "as it moves your balance: fees and refunds are below zero"),
    ("settlement_lines", "kind_assumed", "yes where only a word in the amount's name tells its kind"),
    (
        "settlement_lines",
        "tax_included",
        "whether a refund holds the tax; empty: it does not. `no` on a line of tax: the order's refunds of that day do not, \
         and of one that the channel keeps: what of them was tax, such lines alone tell; \
         on a sale: what it came to is known without tax. `yes` on a line of tax: it was taken out of a price by your settings",
    ),
    (
        "settlement_lines",
        "whole",
        "yes where the file tells the settlement whole: what others tell of it is the same money again",
    ),
    ("settlements", "settlement_id", "the payout or statement"),
    ("settlements", "start", "of the period that it covers"),
    ("settlements", "end", "of that period"),
    ("settlements", "deposited_on", "the day of the payout"),
    ("settlements", "total", "what was paid out"),
    ("channel_stock", "reported_at", "when the channel showed it"),
    ("channel_stock", "listed", "what buyers can be sold at this moment"),
    ("channel_stock", "available", "what the channel calls available"),
    ("stock", "at", "when it was counted"),
    ("stock", "on_hand", "units in the building, reserved ones included"),
    ("stock", "quality_hold", "units that wait for an inspection"),
    ("stock_movements", "movement_id", "the movement's number"),
    ("stock_movements", "at", "when"),
    (
        "stock_movements",
        "kind",
        "what happened; `order` and `cancellation` move what is reserved, the rest what is on hand",
    ),
    ("stock_movements", "quantity", "units as they move the count: a shipment is below zero, an order above"),
    ("stock_movements", "reference", "the order or document"),
    ("stock_movements", "owner", "the channel of an order, or the person"),
    ("listing_costs", "from", "the day of the list"),
    ("listing_costs", "unit_cost", "what one unit costs the seller"),
    ("listings", "at", "when it looked like this"),
    ("listings", "price", "what a buyer pays without a coupon"),
    ("listings", "list_price", "the price crossed out beside it"),
    ("listings", "coupon_price", "what a buyer pays with the coupon"),
    ("listings", "status", "active, inactive, draft or suspended"),
    ("listings", "listed", "what buyers can be sold"),
    ("products", "category", "by which new articles learn from others"),
    ("products", "class", "a `[class.NAME]` of the settings"),
    ("products", "price", "the anchor that channels' prices are held against"),
    ("products", "map_price", "the least that may be advertised"),
    ("products", "msrp", "the recommended price"),
    ("products", "supplier", "who delivers it"),
    ("products", "lead_time_days", "days from order to delivery"),
    ("products", "minimum_order", "the fewest units that the supplier sells"),
    ("products", "case_pack", "units that come together"),
    ("products", "launched_on", "the first day of sale"),
    ("products", "discontinued_on", "the last day of sale"),
    ("costs", "unit_cost", "per unit, landed: goods, freight and duty"),
    ("bundles", "bundle_sku", "the bundle's number"),
    ("bundles", "component_sku", "the article in it"),
    ("bundles", "quantity", "units of it in one bundle"),
    ("promotions", "promotion", "its name"),
    ("promotions", "from", "when it starts"),
    ("promotions", "until", "when it ends"),
    ("promotions", "kind", "flash_sale, coupon, price_cut or event"),
    ("promotions", "discount_rate", "a fraction: 0.15 is 15 %"),
    ("promotions", "expected_units", "what you expect to sell in it"),
    ("promotions", "reserved_units", "what is set aside for it"),
    ("sync_events", "event_id", "the event's number"),
    ("sync_events", "source_at", "when the source of truth changed"),
    ("sync_events", "reflected_at", "when the channel showed it; empty: never seen"),
    ("sync_events", "quantity", "the count that was sent"),
    ("sync_events", "result", "how it went"),
    ("sync_events", "failure", "rate_limit, webhook_missing, mapping, location_mismatch or timeout"),
    ("overrides", "override_id", "its number"),
    ("overrides", "at", "when"),
    ("overrides", "sku", "of which product; empty or `*` for every one"),
    ("overrides", "channel", "where; empty or `*` for every channel"),
    ("overrides", "field", "what was changed: buffer, listing, freeze, pause, stock, price or forecast"),
    (
        "overrides",
        "value",
        "to what; a `buffer` is units or `freeze`, a `listing` is `pause`, a `forecast` is `+20%`, `-10%` or units a day",
    ),
    ("overrides", "until", "the last day it holds"),
    ("exchange_rates", "day", ""),
    ("exchange_rates", "into", "the other currency"),
    (
        "exchange_rates",
        "rate",
        "one unit of `currency` is so many of `into`; either direction is used, six decimals are kept",
    ),
    ("advertising", "day", ""),
    ("advertising", "campaign", "its name"),
    ("advertising", "sku", "empty where it is for the whole channel"),
    ("advertising", "amount", "what was spent, positive"),
    ("advertising", "in_settlement", "yes where the settlement has taken it already"),
];

#[cfg(test)]
mod tests {
    use super::super::tables::TABLES;
    use super::*;

    #[test]
    fn every_table_and_column_is_explained_and_nothing_else_is() {
        for table in TABLES {
            assert!(!table.about().is_empty(), "{}", table.name);
            let silent = |name: &str| HERE.iter().any(|(of, known, _)| (*of, *known) == (table.name, name));
            for column in table.columns.iter().filter(|column| table.meaning(column.name).is_empty()) {
                let derived = column.name.ends_with("_day") || column.name == "exported_at";
                let plain = silent(column.name) || USUAL.iter().any(|(name, _)| *name == column.name);
                assert!(derived || plain, "`{}.{}` is not explained", table.name, column.name);
            }
        }
        assert!(ABOUT.iter().all(|(table, _)| Table::named(table).is_some()));
        for (table, column, _) in HERE {
            let known = Table::named(table).is_some_and(|table| table.place(column).is_some());
            assert!(known, "`{table}.{column}` is explained and not there");
        }
        let used = |name: &str| TABLES.iter().any(|table| table.place(name).is_some());
        assert!(USUAL.iter().all(|(name, _)| used(name)));
    }
}
