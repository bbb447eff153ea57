//! What will they want, with what error?
