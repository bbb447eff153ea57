//! What changes for the live system?
