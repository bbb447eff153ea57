//! What did the user ask for? `trueup.toml` as written becomes [`Settings`], which need no second
//! check.
//!
//! Goes in: the settings file. Comes out: settings with every default filled in, or a message that
//! names file, line and what to type.

mod mapping;
mod options;
mod pattern;
mod policy;
mod read;
mod settings;
mod values;

pub use mapping::{Headers, Mapping, WORKED_IN, WorkedIn};
pub use pattern::Pattern;
pub use policy::{Policy, Resolved};
pub use read::FILE_NAME;
pub use settings::{
    Analog, ChannelKind, ChannelSettings, CostMethod, DateOrder, Decimal, DriftAlert, FeeSchedule, HoldbackModel,
    Multiplier, PolicyLevel, PolicyScope, PolicyTree, Settings, Shop, SyncTier,
};
