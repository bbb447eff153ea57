//! Which checks hold, what needs a person?
