//! How is it said? The only code that prints.
