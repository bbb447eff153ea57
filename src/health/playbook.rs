//! What kinds of exceptions are there, and who does what about each by when?

use crate::config::Settings;

/// What kind of exception it is; decides playbook, owner and due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExceptionKind {
    /// Money that a figure lacks or may hold wrongly.
    UnknownMoney,
    /// An export that no longer comes.
    StaleSource,
    /// An order without a unit.
    Oversell,
    /// A price outside its corridor.
    PriceBreach,
    /// A listing that the channel took down.
    ListingSuspended,
    /// A SKU that loses money on a channel.
    LosingMoney,
    /// A channel that shows another count than it should.
    Drift,
    /// A channel that shows changes too late.
    SyncLatency,
    /// A channel that shows no changes at all.
    SilentChannel,
    /// A product that comes back at another rate than before.
    ReturnRate,
    /// A product that sells on other channels than before.
    ChannelShare,
    /// A person's override that does nothing.
    Override,
    /// A `check_*` query with findings.
    Check,
}

/// What to do, by whom, by when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playbook {
    /// The role that owns it.
    pub owner: String,
    /// Hours from its beginning until it should be done.
    pub due_hours: i64,
    /// The steps in order, between semicolons.
    pub steps: String,
}

impl ExceptionKind {
    /// Every kind, in the order of their importance.
    pub const ALL: [Self; 13] = [
        Self::UnknownMoney,
        Self::StaleSource,
        Self::Oversell,
        Self::PriceBreach,
        Self::ListingSuspended,
        Self::LosingMoney,
        Self::Drift,
        Self::SyncLatency,
        Self::SilentChannel,
        Self::ReturnRate,
        Self::ChannelShare,
        Self::Override,
        Self::Check,
    ];

    /// Its word in `alerts.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::UnknownMoney => "unknown money",
            Self::StaleSource => "stale source",
            Self::Oversell => "oversell",
            Self::PriceBreach => "price breach",
            Self::ListingSuspended => "listing suspended",
            Self::LosingMoney => "losing money",
            Self::Drift => "drift",
            Self::SyncLatency => "sync latency",
            Self::SilentChannel => "silent channel",
            Self::ReturnRate => "return rate changed",
            Self::ChannelShare => "channel share changed",
            Self::Override => "override",
            Self::Check => "check",
        }
    }

    /// Its word in `[playbook.KIND]`: `price-breach`.
    pub fn key(self) -> String {
        self.word().replace(' ', "-")
    }

    /// What to do about it: as the shop's settings say, and where they don't, as is usual.
    pub fn playbook(self, settings: &Settings) -> Playbook {
        let usual = self.usual_playbook();
        let Some(own) = settings.exceptions.playbooks.get(&self.key()) else { return usual };
        Playbook {
            owner: own.owner.clone().unwrap_or(usual.owner),
            due_hours: own.due_hours.unwrap_or(usual.due_hours),
            steps: own.steps.as_ref().map_or(usual.steps, |steps| steps.join("; ")),
        }
    }

    fn usual_playbook(self) -> Playbook {
        let (owner, due_hours, steps) = match self {
            Self::UnknownMoney => ("finance", 24, "run `trueup run` again; only then read the figures it touches"),
            Self::StaleSource => {
                ("operations", 24, "look whether the export still runs; put its newest files into exports; run again")
            }
            Self::Oversell => (
                "operations",
                1,
                "find other stock; expedite, or cancel with an offer; find the root cause; adjust the buffer",
            ),
            Self::PriceBreach => ("pricing", 4, "correct the price; keep the evidence; update the price matrix"),
            Self::ListingSuspended => (
                "marketplaces",
                24,
                "find the reason; look for the same issue on other listings; appeal; check other channels",
            ),
            Self::LosingMoney => ("pricing", 168, "lower the cost line that tips it, or stop selling it there"),
            Self::Drift => ("operations", 4, "push the right count again; follow the cause; count if unexplained"),
            Self::SyncLatency => ("integrations", 24, "raise the sync tier or the hold-back; ask the sync service"),
            Self::SilentChannel => {
                ("integrations", 1, "freeze low-stock listings there; restart the feed; push all counts")
            }
            Self::ReturnRate => (
                "operations",
                48,
                "read the reasons of the returns; look at the batch and the listing's text; stop selling it if it is faulty",
            ),
            Self::ChannelShare => (
                "marketplaces",
                48,
                "compare price, rank and state of the listing on each channel; look for one that is suppressed; move stock",
            ),
            Self::Override => ("operations", 24, "correct the row at the source of truth; run again"),
            Self::Check => ("operations", 24, "open the query's rows; correct the source; ingest again"),
        };
        Playbook { owner: owner.to_owned(), due_hours, steps: steps.to_owned() }
    }
}
