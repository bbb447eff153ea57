//! What did customers want, per SKU and day?
