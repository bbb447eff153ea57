//! Words of several exports and what they mean here.

/// States of an order in trueup's own words and the spellings of plain files.
///
/// `unpaid` is an order that nobody has paid or been trusted to pay yet: a cart, a draft, an open
/// payment. It is neither sold nor wanted and may only reserve. `pending` is one that was accepted.
/// `unshipped` is paid and, as its document says, has not left; `paid` says nothing of that.
pub(crate) const ORDER_STATUS: &[(&str, &str)] = &[
    ("unpaid", "unpaid"),
    ("draft", "unpaid"),
    ("pending payment", "unpaid"),
    ("awaiting payment", "unpaid"),
    ("pending", "pending"),
    ("paid", "paid"),
    ("unshipped", "unshipped"),
    ("processing", "paid"),
    ("shipped", "shipped"),
    ("fulfilled", "shipped"),
    ("delivered", "completed"),
    ("completed", "completed"),
    ("cancelled", "cancelled"),
    ("canceled", "cancelled"),
    ("refunded", "refunded"),
];

/// Why an order was cancelled.
pub(crate) const CANCEL_REASON: &[(&str, &str)] = &[
    ("no_stock", "no_stock"),
    ("no stock", "no_stock"),
    ("out_of_stock", "no_stock"),
    ("out of stock", "no_stock"),
    ("inventory", "no_stock"),
    ("buyer", "buyer"),
    ("customer", "buyer"),
    ("fraud", "fraud"),
    ("address", "address"),
    ("payment", "payment"),
    ("declined", "payment"),
    ("other", "other"),
];

/// Who ships.
pub(crate) const FULFILMENT: &[(&str, &str)] =
    &[("seller", "seller"), ("channel", "channel"), ("other_channel", "other_channel")];

/// What became of returned goods.
pub(crate) const DISPOSITION: &[(&str, &str)] = &[
    ("sellable", "sellable"),
    ("damaged", "damaged"),
    ("defective", "defective"),
    ("in_transit", "in_transit"),
    ("unknown", "unknown"),
];

/// How sending a count to a channel went.
pub(crate) const SYNC_RESULT: &[(&str, &str)] = &[("ok", "ok"), ("failed", "failed"), ("duplicate", "duplicate")];

/// The word for the first part that a text contains, in lower case.
pub(crate) fn containing(text: &str, parts: &[(&str, &'static str)]) -> Option<&'static str> {
    let text = text.to_lowercase();
    parts.iter().find(|(part, _)| text.contains(part)).map(|(_, word)| *word)
}

/// The word for the first of these names that the text is, or that it begins with where the name
/// ends in `*`; case, spaces and marks count for nothing: `Storage Fee` is `StorageFee`.
pub(crate) fn named(text: &str, names: &[(&str, &'static str)]) -> Option<&'static str> {
    letters(text).next()?;
    let is = |name: &str| match name.strip_suffix('*') {
        Some(start) => {
            let mut rest = letters(text);
            letters(start).all(|letter| rest.next() == Some(letter))
        }
        None => letters(name).eq(letters(text)),
    };
    names.iter().find(|(name, _)| is(name)).map(|(_, word)| *word)
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase)
}
