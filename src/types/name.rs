//! Identifiers as text that is cheap to copy.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(Arc<str>);

        impl $type {
            /// The identifier of this text, exactly as it is.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }
    };
}

name! {
    /// The seller's own article number. Exact text: `00123`, `123` and `123 ` are three SKUs.
    Sku
}

name! {
    /// A sales channel by its name in the settings: `shopify`, `amazon`, `wholesale`.
    Channel
}

impl Channel {
    /// The total over all channels that draw on a pool, written `*`.
    pub fn all() -> Self {
        Self::new("*")
    }
}

impl Sku {
    /// What belongs to no SKU, written `(unallocated)`.
    pub fn unallocated() -> Self {
        Self::new("(unallocated)")
    }
}
