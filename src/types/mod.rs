//! The nouns: money, days, identifiers. No I/O, no engine, no clock.
//!
//! Everything here is a value that cannot be wrong once it exists: a [`Money`] is exact, a
//! [`Currency`] is three letters, a [`Day`] is a calendar day without a zone.

mod country;
mod money;
mod name;
mod time;

pub use country::country_code;
pub(crate) use money::split_units;
pub use money::{Currency, Money, MoneyError, Rate};
pub use name::{Channel, Sku};
pub use time::{Day, Month, Timestamp};
