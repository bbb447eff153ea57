//! What did the user ask for? `trueup.toml` as written becomes [`Settings`], which need no second
//! check.
//!
//! Goes in: the settings file. Comes out: settings with every default filled in, or a message that
//! names file, line and what to type.

mod folders;
mod mapping;
mod options;
mod pattern;
mod policy;
mod prices;
mod read;
mod secret;
mod settings;
mod tax;
mod values;

pub use folders::BUFFERS;
pub use mapping::{Headers, Mapping, WORKED_IN, WorkedIn};
pub use pattern::Pattern;
pub use policy::{Policy, Resolved};
pub use prices::Differential;
pub use read::FILE_NAME;
pub use settings::{
    Analog, ChannelKind, ChannelSettings, CostMethod, DateOrder, Decimal, DriftAlert, ExceptionPolicy, FeeSchedule,
    HoldbackModel, LinePattern, Multiplier, PLAYBOOKS, PlaybookChange, PolicyLevel, PolicyScope, PolicyTree,
    PublishLimits, QueryLimits, Settings, Shop, SyncTier,
};
pub use tax::TaxRates;
