//! What did each channel and SKU earn?
