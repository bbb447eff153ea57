//! WooCommerce: orders as its own analytics and the most used plugin export them, and products.

mod analytics;
mod fees;
mod items;
mod lines;
mod orders;
mod products;

pub(crate) use analytics::ANALYTICS;
pub(crate) use orders::{ORDER_ITEMS, ORDERS};
pub(crate) use products::PRODUCTS;

/// States of an order by key and by title, with and without the prefix of the database.
///
/// As WooCommerce's code reference explains them (woocommerce.github.io/code-reference, `OrderStatus`,
/// read 2026-12-01): nothing was paid of `pending` ("no payment has been made"), `on-hold` ("awaiting
/// payment confirmation"), `failed` ("no payment has been successfully made") and of the drafts that a
/// started checkout leaves. Cash on delivery is `processing` from the start.
const STATUS: &[(&str, &str)] = &[
    ("pending", "unpaid"),
    ("pending payment", "unpaid"),
    ("on-hold", "unpaid"),
    ("on hold", "unpaid"),
    ("failed", "unpaid"),
    ("checkout-draft", "unpaid"),
    ("auto-draft", "unpaid"),
    ("draft", "unpaid"),
    ("new", "unpaid"),
    ("processing", "paid"),
    ("completed", "completed"),
    ("cancelled", "cancelled"),
    ("trash", "cancelled"),
    ("refunded", "refunded"),
    ("wc-pending", "unpaid"),
    ("wc-on-hold", "unpaid"),
    ("wc-failed", "unpaid"),
    ("wc-checkout-draft", "unpaid"),
    ("wc-processing", "paid"),
    ("wc-completed", "completed"),
    ("wc-cancelled", "cancelled"),
    ("wc-refunded", "refunded"),
];
