//! How does an export become rows or rejects, none lost?
