//! How does a judgement weigh? Colour and shape of it are the medium's.

/// The weight of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A person must act.
    Bad,
    /// Worth a look.
    Warn,
    /// Judged, and in order.
    Good,
    /// Neither: information, or nothing that could be judged.
    Calm,
}
