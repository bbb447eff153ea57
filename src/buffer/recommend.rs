//! From everything known of a listing to one recommendation.

use rayon::prelude::*;

use super::cover::{self, Cover};
use super::holdback::{self, Holdback, rise};
use super::input::{Decision, ListingInput, PromotionState};
use super::overrides::Ask;
use super::stranded::stranded_by_pool;
use super::sync::needed_tier;
use super::theory;
use super::version::policy_version;
use super::weakness::{Confidence, MINIMUM_HISTORY_DAYS, Weakness, weaknesses};
use super::{reason, rules};
use crate::config::{ChannelSettings, Policy, Settings, SyncTier};
use crate::error::{Diagnostic, Result};
use crate::types::{Channel, Day, Sku};

/// What the live system should do with one listing.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    /// The product.
    pub sku: Sku,
    /// The channel.
    pub channel: Channel,
    /// The pool it draws on.
    pub pool: String,
    /// Units in the pool that may be sold; none if unknown.
    pub available: Option<i64>,
    /// Units held back now; none if unknown.
    pub current_buffer: Option<i64>,
    /// Units the channel must not be shown.
    pub listing_holdback: i64,
    /// Stock to have until the next delivery. Never to be hidden.
    pub cover_target: i64,
    /// Days until a new delivery: the product's, else the policy's.
    pub lead_time_days: u32,
    /// Units to show; none if the stock is unknown.
    pub listed_quantity: Option<i64>,
    /// True where the pool is below `pause_below`, or a person paused the listing.
    pub paused: bool,
    /// The listing is paused when the pool has fewer units.
    pub pause_below: i64,
    /// Units that wait for a promotion on another channel.
    pub promo_reserve: i64,
    /// The sync tier the listing needs.
    pub sync_tier: SyncTier,
    /// Hold-back less the present one; none if that is unknown.
    pub change: Option<i64>,
    /// Whether it may go out.
    pub action: Action,
    /// The rule behind the hold-back, with its place in the settings.
    pub rule: String,
    /// The rule behind the listed quantity.
    pub listed_rule: String,
    /// The rule behind the cover target.
    pub cover_rule: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// One sentence with the figures in it.
    pub reason: String,
    /// The last day to work with it.
    pub valid_until: Day,
    /// Units of the pool that sell in one lag.
    pub units_in_lag: f64,
    /// The lag in seconds.
    pub lag_seconds: f64,
    /// True where nobody measured the lag.
    pub lag_assumed: bool,
    /// Oversold units to expect per stock-out.
    pub expected_oversells: f64,
    /// Units to send to the channel's own warehouse; none where the seller ships.
    pub replenish_units: Option<i64>,
    /// Units of the pool that no channel would show.
    pub stranded_units: i64,
}

impl Recommendation {
    /// True where the number that the live system works with should become another, also where it has
    /// none yet: what `publish` would write. A number on hold stays, whatever would be better.
    pub fn is_change(&self) -> bool {
        self.action != Action::Hold && self.change != Some(0)
    }

    /// True for a change that a person should see before it goes out: one that is larger than the
    /// policy lets through, and every first number, which nothing so far stands beside.
    pub fn needs_review(&self) -> bool {
        self.is_change() && (self.action == Action::Approve || self.change.is_none())
    }
}

/// Whether a recommendation may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It may.
    Publish,
    /// The present number stays: a person froze it, or too little is known to change it.
    Hold,
    /// The change is large: a person must look.
    Approve,
}

impl Action {
    /// Its word in `buffers.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Hold => "hold",
            Self::Approve => "approve",
        }
    }
}

/// All recommendations of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendations {
    /// The run.
    pub run: String,
    /// The day they stand on.
    pub as_of: Day,
    /// Which policy they follow: a digest of the settings that matter.
    pub policy_version: String,
    /// Sorted by SKU and channel.
    pub rows: Vec<Recommendation>,
}

/// Everything between a listing's input and its recommendation, for the words about it.
pub(super) struct Work<'a> {
    pub(super) input: &'a ListingInput,
    pub(super) channel: &'a ChannelSettings,
    pub(super) policy: &'a Policy,
    pub(super) weaknesses: Vec<Weakness>,
    pub(super) holdback: Holdback,
    pub(super) cover: Cover,
    pub(super) listed: Listed,
    pub(super) as_of: Day,
}

impl Work<'_> {
    /// A person's pause of the listing.
    pub(super) fn pause(&self) -> Option<&Decision> {
        pause(self.input)
    }

    /// What a person decided about the number.
    pub(super) fn number(&self) -> Option<&Decision> {
        let decides = |decision: &&Decision| matches!(decision.ask, Ask::HoldBack(_) | Ask::Freeze);
        self.input.present.number.as_ref().filter(decides)
    }
}

fn pause(input: &ListingInput) -> Option<&Decision> {
    input.present.showing.as_ref().filter(|decision| decision.ask == Ask::Pause)
}

/// What may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) quantity: Option<i64>,
    pub(super) paused: bool,
    pub(super) pause_below: i64,
    pub(super) capped_at: Option<i64>,
    pub(super) promo_reserve: i64,
}

/// Works out all listings.
///
/// # Errors
/// A listing on a channel that the settings do not have.
pub fn recommend(inputs: &[ListingInput], settings: &Settings, run: &str, as_of: Day) -> Result<Recommendations> {
    let mut rows = inputs
        .par_iter()
        .map(|input| recommend_one(input, settings, as_of))
        .collect::<Result<Vec<Recommendation>>>()?;
    rows.sort_by(|a, b| (&a.sku, &a.channel).cmp(&(&b.sku, &b.channel)));
    stranded_by_pool(&mut rows);
    Ok(Recommendations { run: run.to_owned(), as_of, policy_version: policy_version(settings), rows })
}

fn recommend_one(input: &ListingInput, settings: &Settings, as_of: Day) -> Result<Recommendation> {
    let channel = channel_of(input, settings)?;
    let policy = settings.policy_for(channel, input.product_class.as_deref(), &input.sku);
    let work = work(input, channel, &policy, as_of);
    Ok(finish(&work, &rules::file_name(settings)))
}

pub(super) fn channel_of<'a>(input: &ListingInput, settings: &'a Settings) -> Result<&'a ChannelSettings> {
    settings.channel(input.channel.as_str()).ok_or_else(|| {
        let message = format!("`{}` is listed on `{}`, which the settings do not have", input.sku, input.channel);
        Diagnostic::error("unknown-channel", message).hint(format!("add `[channel.{}]`", input.channel)).into()
    })
}

pub(super) fn work<'a>(
    input: &'a ListingInput,
    channel: &'a ChannelSettings,
    policy: &'a Policy,
    as_of: Day,
) -> Work<'a> {
    let weaknesses = weaknesses(input, channel.fulfilled_by_channel);
    let holdback = holdback::holdback(input, channel, policy, &weaknesses);
    let listed = listed(input, policy, holdback.units);
    Work { input, channel, policy, weaknesses, holdback, cover: cover::cover(input, policy), listed, as_of }
}

fn listed(input: &ListingInput, policy: &Policy, holdback: i64) -> Listed {
    let flash = input.promotion.state == PromotionState::FlashSale;
    let pause_below = if flash { &policy.pause_below_in_flash_sale } else { &policy.pause_below }.value;
    let promo_reserve = input.promotion.reserved_elsewhere.max(0);
    let available = input.pool.available;
    let by_person = pause(input).is_some();
    let paused = by_person || available.is_some_and(|units| theory::is_paused(units, pause_below));
    let open = available.map(|units| theory::available_to_sell(units, promo_reserve, holdback));
    let cap = policy.cap_units.as_ref().map(|cap| cap.value);
    let capped = open.map(|units| theory::listed_with_cap(units, cap));
    Listed {
        // A listing that a person paused shows nothing, also where nobody knows the stock.
        quantity: if by_person { Some(0) } else { capped.map(|units| if paused { 0 } else { units }) },
        paused,
        pause_below,
        capped_at: cap.filter(|cap| open.is_some_and(|units| units > *cap)),
        promo_reserve,
    }
}

fn finish(work: &Work, file: &str) -> Recommendation {
    let Work { input, channel, policy, holdback, cover, listed, .. } = work;
    let present = input.present.buffer;
    let position = input.pool.available.map(|units| units.saturating_add(input.pool.inbound));
    let replenish = |position| {
        let velocity = input.demand.own_units_per_day;
        cover::replenishment_units(position, velocity, policy.cover_days.value, cover.lead_time_days)
    };
    Recommendation {
        sku: input.sku.clone(),
        channel: input.channel.clone(),
        pool: input.pool.name.clone(),
        available: input.pool.available,
        current_buffer: present,
        listing_holdback: holdback.units,
        cover_target: cover.target,
        lead_time_days: cover.lead_time_days,
        listed_quantity: listed.quantity,
        paused: listed.paused,
        pause_below: listed.pause_below,
        promo_reserve: listed.promo_reserve,
        sync_tier: needed_tier(
            input.demand.pool_units_per_day * rise(input),
            input.promotion.state != PromotionState::None,
            policy,
        ),
        change: present.map(|units| holdback.units - units),
        action: action(work),
        rule: rules::holdback(work, file),
        listed_rule: rules::listed(work, file),
        cover_rule: rules::cover(work, file),
        confidence: Confidence::of(&work.weaknesses),
        reason: reason::sentence(work),
        valid_until: valid_until(work),
        units_in_lag: holdback.units_in_lag,
        lag_seconds: holdback.lag_seconds,
        lag_assumed: work.weaknesses.contains(&Weakness::LagAssumed),
        expected_oversells: holdback.expected_oversells,
        replenish_units: if channel.fulfilled_by_channel { position.map(replenish) } else { None },
        stranded_units: 0,
    }
}

fn action(work: &Work) -> Action {
    let change = work.input.present.buffer.map(|present| (present, work.holdback.units - present));
    let lowered_on_little =
        matches!(change, Some((_, change)) if change < 0) && work.input.demand.days_in_stock < MINIMUM_HISTORY_DAYS;
    match work.number().map(|decision| decision.ask) {
        _ if work.pause().is_some() => return Action::Publish,
        Some(Ask::HoldBack(_)) => return Action::Publish,
        Some(_) => return Action::Hold,
        None if work.input.pool.available.is_none() || lowered_on_little => return Action::Hold,
        None => {}
    }
    match change {
        Some((present, change)) if is_large(present, change, work.policy) => Action::Approve,
        _ => Action::Publish,
    }
}

fn is_large(present: i64, change: i64, policy: &Policy) -> bool {
    let allowed = theory::floor_share(present, policy.approve_above.value).max(policy.small_change_units.value);
    change.unsigned_abs() > allowed.unsigned_abs()
}

/// A week when all is known, else three days, since the next runs will know more; never beyond the
/// end of a promotion or of a person's decision.
fn valid_until(work: &Work) -> Day {
    let regular = work.as_of.plus(if work.weaknesses.is_empty() { 7 } else { 3 });
    let ends = [work.number(), work.pause()].into_iter().flatten().filter_map(|decision| decision.until);
    let regular = ends.fold(regular, |earliest, end| earliest.min(end.max(work.as_of)));
    match work.input.promotion.until {
        Some(end) if work.input.promotion.state != PromotionState::None => regular.min(end.max(work.as_of)),
        _ => regular,
    }
}
