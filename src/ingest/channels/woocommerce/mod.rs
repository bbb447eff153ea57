//! WooCommerce: orders as its own analytics and the most used plugin export them, and products.

mod analytics;
mod items;
mod orders;
mod products;

pub(crate) use analytics::ANALYTICS;
pub(crate) use orders::{ORDER_ITEMS, ORDERS};
pub(crate) use products::PRODUCTS;

/// States of an order, with and without the prefix of the database.
const STATUS: &[(&str, &str)] = &[
    ("pending", "pending"),
    ("pending payment", "pending"),
    ("on-hold", "pending"),
    ("on hold", "pending"),
    ("checkout-draft", "pending"),
    ("processing", "paid"),
    ("completed", "completed"),
    ("cancelled", "cancelled"),
    ("failed", "cancelled"),
    ("refunded", "refunded"),
    ("wc-pending", "pending"),
    ("wc-on-hold", "pending"),
    ("wc-processing", "paid"),
    ("wc-completed", "completed"),
    ("wc-cancelled", "cancelled"),
    ("wc-failed", "cancelled"),
    ("wc-refunded", "refunded"),
];
