//! How does it look on a page and in a table?
