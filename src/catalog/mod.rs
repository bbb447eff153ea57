//! Which product is this listing, and what is in this bundle?
