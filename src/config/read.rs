//! From options to settings: defaults filled in, every value in its range, every message with the
//! line and what to type.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;

use super::options::{
    Amount, Bound, ChannelOptions, FeeOptions, Options, PlaybookOptions, PolicyOptions, PublishOptions, QueryOptions,
    Share, ShopOptions,
};
use super::pattern::Pattern;
use super::prices::Differential;
use super::settings::{
    Analog, ChannelKind, ChannelSettings, CostMethod, DriftAlert, ExceptionPolicy, FeeSchedule, HoldbackModel,
    LinePattern, Multiplier, PLAYBOOKS, PlaybookChange, PolicyLevel, PolicyTree, PublishLimits, QueryLimits, Settings,
    Shop, SyncTier,
};
use super::values::Source;
use crate::error::{Diagnostic, Result, near};
use crate::lake::ORDER_LINE_KIND_WORDS;
use crate::types::{Channel, Money, Rate, Sku};

/// The settings file's name in a project folder.
pub const FILE_NAME: &str = "trueup.toml";

impl Settings {
    /// Reads `trueup.toml` of a project folder.
    ///
    /// # Errors
    /// A message that names the file, the line, what was expected and what to type.
    pub fn read(folder: &Path) -> Result<Self> {
        let file = folder.join(FILE_NAME);
        let text = fs::read_to_string(&file).map_err(|error| {
            let message = Diagnostic::io("read", &file, &error);
            message.hint(format!("`trueup init {}` writes one to start from", folder.display()))
        })?;
        Self::parse(&file, folder, &text)
    }

    /// Reads the text of a settings file; `folder` is what its paths are relative to.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(file: &Path, folder: &Path, text: &str) -> Result<Self> {
        let source = Source::new(file, text);
        let options: Options = toml::from_str(text).map_err(|error| source.syntax(&error))?;
        source.settings(options, folder)
    }

    /// The channel of this name.
    pub fn channel(&self, name: &str) -> Option<&ChannelSettings> {
        self.channels.iter().find(|channel| channel.name.as_str() == name)
    }
}

impl Source<'_> {
    fn settings(&self, options: Options, folder: &Path) -> Result<Settings> {
        let shop = self.shop(options.shop, folder)?;
        let mut policy = PolicyTree::default();
        if let Some(level) = &options.policy {
            policy.global = self.policy(level.get_ref(), level.span())?;
        }
        let mut channels = Vec::new();
        for (name, table) in &options.channel {
            if let Some(level) = &table.get_ref().policy {
                policy.channels.insert(Channel::new(name), self.policy(level.get_ref(), level.span())?);
            }
            channels.push(self.channel(name, table)?);
        }
        channels.sort_by_key(|channel| channel.line);
        for (name, class) in options.class {
            let span = class.span();
            let class = class.into_inner();
            for sku in &class.skus {
                policy.class_of.insert(Sku::new(sku), name.clone());
            }
            let level = self.class_policy(class.policy, span)?;
            policy.classes.insert(name, level);
        }
        for (sku, level) in &options.sku {
            policy.skus.insert(Sku::new(sku), self.policy(level.get_ref(), level.span())?);
        }
        let ignore = options.paths.ignore.iter().map(|pattern| Pattern::new(pattern)).collect();
        let folders = self.folders(&options.paths, folder)?;
        let mut mappings = Vec::new();
        for (name, table) in options.mapping {
            mappings.push(self.mapping(name, table, &channels)?);
        }
        mappings.sort_by_key(|mapping| mapping.line);
        Ok(Settings {
            file: self.file.to_owned(),
            folder: folder.to_owned(),
            shop,
            exports: folders.exports,
            ignore,
            lake: folders.lake,
            reports: folders.reports,
            channels,
            policy,
            analogs: self.analogs(options.analogs)?,
            alerts: DriftAlert {
                drift_units: self.at_least(options.alerts.drift_units, "drift-units", 0)?.unwrap_or(5),
                drift_rate: self.share(options.alerts.drift_rate, "drift-rate")?,
                latency_minutes: self.at_least(options.alerts.latency_minutes, "latency-minutes", 1)?.unwrap_or(30),
                stale_after_days: self.at_least(options.alerts.stale_after_days, "stale-after-days", 1)?,
                fail: options.alerts.fail,
            },
            exceptions: ExceptionPolicy {
                oversell_days: self.between(options.alerts.oversell_days, "oversell-days", 1, 365)?.unwrap_or(7),
                morning_items: self
                    .between(options.report.morning_items, "morning-items", 1, 1_000)?
                    .map_or(ExceptionPolicy::default().morning_items, |items| items as usize),
                playbooks: self.playbooks(options.playbook)?,
            },
            publish: self.publish(options.publish)?,
            query: self.query(options.query)?,
            mappings,
        })
    }

    fn analogs(&self, options: BTreeMap<String, Spanned<String>>) -> Result<BTreeMap<Sku, Analog>> {
        let mut analogs = BTreeMap::new();
        for (sku, known) in options {
            if known.get_ref() == &sku {
                let label = "name a product that has sold for a while";
                return Err(self.wrong(&known, "a product can't stand in for itself", label).into());
            }
            let analog = Analog { sku: Sku::new(known.get_ref()), line: self.line(known.span().start) };
            analogs.insert(Sku::new(&sku), analog);
        }
        Ok(analogs)
    }

    fn publish(&self, options: PublishOptions) -> Result<PublishLimits> {
        const MANY: i64 = 1_000_000_000;
        let usual = PublishLimits::default();
        let share = |value, key, usual| self.share(value, key).map(|share| share.unwrap_or(usual));
        let number = |value, key, range: (i64, i64), usual| {
            self.between(value, key, range.0, range.1).map(|number| number.unwrap_or(usual))
        };
        let zeroed = self.at_least(options.zeroed_listings, "zeroed-listings", 0)?;
        let channels = self.at_least(options.vanished_channels, "vanished-channels", 0)?;
        let (listed, channel) = (usual.listed_units_share, usual.channel_units_share);
        let (vanished, floor) = (usual.vanished_listings_share, usual.listing_floor_units);
        Ok(PublishLimits {
            changed_share: share(options.changed_share, "changed-share", usual.changed_share)?,
            zeroed_listings: zeroed.map_or(usual.zeroed_listings, |listings| listings as usize),
            listed_units_share: share(options.listed_units_share, "listed-units-share", listed)?,
            channel_units_share: share(options.channel_units_share, "channel-units-share", channel)?,
            listing_factor: number(options.listing_factor, "listing-factor", (2, MANY), usual.listing_factor)?,
            listing_floor_units: number(options.listing_floor_units, "listing-floor-units", (1, MANY), floor)?,
            cover_factor: number(options.cover_factor, "cover-factor", (2, MANY), usual.cover_factor)?,
            vanished_listings_share: share(options.vanished_listings_share, "vanished-listings-share", vanished)?,
            vanished_channels: channels.map_or(usual.vanished_channels, |channels| channels as usize),
            waiting_share: share(options.waiting_share, "waiting-share", usual.waiting_share)?,
            oldest_input_hours: number(
                options.oldest_input_hours,
                "oldest-input-hours",
                (1, 24 * 365),
                usual.oldest_input_hours,
            )?,
        })
    }

    fn query(&self, options: QueryOptions) -> Result<QueryLimits> {
        const YEAR: i64 = 366 * 24 * 60 * 60;
        // Below it the program itself has no room.
        const LEAST_MEGABYTES: i64 = 200;
        let seconds = self.between(options.seconds, "seconds", 1, YEAR)?;
        let megabytes = self.between(options.megabytes, "megabytes", LEAST_MEGABYTES, 1_000_000_000)?;
        Ok(QueryLimits {
            seconds: seconds.map_or(QueryLimits::default().seconds, i64::unsigned_abs),
            megabytes: megabytes.map(i64::unsigned_abs),
        })
    }

    fn playbooks(
        &self,
        options: BTreeMap<Spanned<String>, PlaybookOptions>,
    ) -> Result<BTreeMap<String, PlaybookChange>> {
        let mut playbooks = BTreeMap::new();
        for (kind, options) in options {
            if !PLAYBOOKS.contains(&kind.get_ref().as_str()) {
                let problem = self.wrong(&kind, "no such kind of exception", "such as `[playbook.oversell]`");
                let hint = match near(kind.get_ref(), PLAYBOOKS.into_iter()) {
                    Some(known) => format!("did you mean `[playbook.{known}]`?"),
                    None => format!("the kinds are {}", PLAYBOOKS.join(", ")),
                };
                return Err(problem.hint(hint).into());
            }
            let change = PlaybookChange {
                owner: options.owner.map(|owner| self.filled(owner, "owner")).transpose()?,
                due_hours: self.between(options.due_hours, "due-hours", 1, 24 * 365)?,
                steps: options.steps.map(|steps| self.steps(steps)).transpose()?,
            };
            playbooks.insert(kind.into_inner(), change);
        }
        Ok(playbooks)
    }

    fn steps(&self, steps: Vec<Spanned<String>>) -> Result<Vec<String>> {
        steps.into_iter().map(|step| self.filled(step, "steps")).collect()
    }

    fn prices(&self, kind: ChannelKind, options: &ChannelOptions) -> Result<Differential> {
        let usual = Differential::usual(kind);
        let share = |value: &Option<Spanned<Share>>, key, usual| {
            self.share(value.clone(), key).map(|share| share.unwrap_or(usual))
        };
        let up = match &options.price_above {
            None => usual.up,
            Some(bound) => match *bound.get_ref() {
                Bound::Any => None,
                Bound::Share(above) => self.share(Some(Spanned::new(bound.span(), above)), "price-above")?,
            },
        };
        Ok(Differential {
            down: share(&options.price_below, "price-below", usual.down)?,
            up,
            coupon: share(&options.coupon_allowance, "coupon-allowance", usual.coupon)?,
            wholesale: share(&options.wholesale_share, "wholesale-share", usual.wholesale)?,
        })
    }

    fn shop(&self, options: ShopOptions, folder: &Path) -> Result<Shop> {
        let currency = self.currency(&options.currency)?;
        let as_of = options.as_of.map(|day| self.day(&day)).transpose()?;
        Ok(Shop {
            name: options.name.unwrap_or_else(|| folder_name(folder)),
            currency,
            time_zone: self.zone(options.time_zone)?.unwrap_or(chrono_tz::UTC),
            as_of,
            cost_method: self
                .word(
                    options.cost_method,
                    "cost-method",
                    &[("standard", CostMethod::Standard), ("moving-average", CostMethod::MovingAverage)],
                )?
                .unwrap_or_default(),
        })
    }

    fn channel(&self, name: &str, table: &Spanned<ChannelOptions>) -> Result<ChannelSettings> {
        let options = table.get_ref();
        let words: Vec<(&str, ChannelKind)> = ChannelKind::ALL.iter().map(|(kind, word)| (*word, *kind)).collect();
        let kind = match self.word(options.kind.clone(), "kind", &words)? {
            Some(kind) => kind,
            None => words.iter().find(|(word, _)| *word == name).map_or(ChannelKind::Other, |(_, kind)| *kind),
        };
        let own_pool = if options.fulfilled_by_channel { name } else { "main" };
        let default_tier = match kind {
            _ if kind.is_marketplace() => 2,
            _ => 1,
        };
        Ok(ChannelSettings {
            name: Channel::new(name),
            line: self.line(table.span().start),
            kind,
            tier: self.between(options.tier.clone(), "tier", 1, 3)?.unwrap_or(default_tier),
            pool: options.pool.clone().unwrap_or_else(|| own_pool.to_owned()),
            fulfilled_by_channel: options.fulfilled_by_channel,
            can_suspend: options.can_suspend.unwrap_or(kind.is_marketplace()),
            sync: self.sync(options.sync.clone())?.unwrap_or(SyncTier::NearTime),
            decimal: self.decimal(options.decimal.clone())?,
            date_order: self.date_order(options.date_order.clone())?,
            time_zone: self.zone(options.time_zone.clone())?,
            currency: options.currency.as_ref().map(|currency| self.currency(currency)).transpose()?,
            not_articles: self.line_patterns(&options.not_articles)?,
            encoding: self.encoding(options.encoding.clone())?,
            prices_hold_tax: self.held_tax(options.prices_hold_tax.as_ref())?,
            fees: options.fees.as_ref().map(|fees| self.fees(fees)).transpose()?.unwrap_or_default(),
            fees_told: options.fees.as_ref().is_some_and(FeeOptions::tell_fees),
            postage_told: options.fees.as_ref().is_some_and(FeeOptions::tell_postage),
            oversell_penalty: self.amount(options.oversell_penalty.clone(), "oversell-penalty")?,
            prices: self.prices(kind, options)?,
        })
    }

    /// The longest first, so that the most exact decides.
    fn line_patterns(&self, options: &BTreeMap<String, Spanned<String>>) -> Result<Vec<LinePattern>> {
        let words: Vec<(&str, &'static str)> = ORDER_LINE_KIND_WORDS.iter().map(|word| (*word, *word)).collect();
        let mut patterns = Vec::new();
        for (text, kind) in options {
            let text = text.trim().to_lowercase();
            let kind = self.word(Some(kind.clone()), "not-articles", &words)?.unwrap_or_default();
            patterns.push(LinePattern { text, kind });
        }
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.text.len()));
        Ok(patterns)
    }

    fn fees(&self, options: &FeeOptions) -> Result<FeeSchedule> {
        let amount = |value: &Option<Spanned<Amount>>, key| {
            self.amount(value.clone(), key).map(|amount| amount.unwrap_or(Money::ZERO))
        };
        let share = |value: &Option<Spanned<Share>>, key| {
            self.share(value.clone(), key).map(|share| share.unwrap_or(Rate::ZERO))
        };
        Ok(FeeSchedule {
            referral_rate: share(&options.referral_rate, "referral-rate")?,
            fulfilment_per_unit: amount(&options.fulfilment_per_unit, "fulfilment-per-unit")?,
            payment_rate: share(&options.payment_rate, "payment-rate")?,
            payment_per_order: amount(&options.payment_per_order, "payment-per-order")?,
            shipping_per_order: amount(&options.shipping_per_order, "shipping-per-order")?,
        })
    }

    fn policy(&self, options: &PolicyOptions, span: Range<usize>) -> Result<PolicyLevel> {
        Ok(PolicyLevel {
            line: self.line(span.start),
            holdback: self.word(
                options.holdback.clone(),
                "holdback",
                &[
                    ("quantile", HoldbackModel::Quantile),
                    ("rule-of-thumb", HoldbackModel::RuleOfThumb),
                    ("percentage", HoldbackModel::Percentage),
                    ("flat", HoldbackModel::Flat),
                ],
            )?,
            multiplier_form: self.word(
                options.multiplier_form.clone(),
                "multiplier-form",
                &[("whole", Multiplier::Whole), ("cycle-only", Multiplier::CycleOnly)],
            )?,
            risk_multiplier: self.positive(options.risk_multiplier.clone(), "risk-multiplier")?,
            risk_factor: self.positive(options.risk_factor.clone(), "risk-factor")?,
            oversell_risk: self.probability(options.oversell_risk.clone(), "oversell-risk")?,
            reserve_rate: self.share(options.reserve_rate.clone(), "reserve-rate")?,
            flat_units: self.at_least(options.flat_units.clone(), "flat-units", 0)?,
            floor_units: self.at_least(options.floor_units.clone(), "floor-units", 0)?,
            cap_units: self.at_least(options.cap_units.clone(), "cap-units", 0)?,
            pause_below: self.at_least(options.pause_below.clone(), "pause-below", 0)?,
            pause_below_in_flash_sale: self.at_least(
                options.pause_below_in_flash_sale.clone(),
                "pause-below-in-flash-sale",
                0,
            )?,
            safety_stock_units: self.at_least(options.safety_stock_units.clone(), "safety-stock-units", 0)?,
            service_level: self.probability(options.service_level.clone(), "service-level")?,
            lead_time_days: self.between(options.lead_time_days.clone(), "lead-time-days", 0, 730)?,
            cover_days: self.between(options.cover_days.clone(), "cover-days", 1, 365)?,
            sync: self.sync(options.sync.clone())?,
            approve_above: self.share(options.approve_above.clone(), "approve-above")?,
            small_change_units: self.at_least(options.small_change_units.clone(), "small-change-units", 0)?,
            promotion_reserve_hours: self.between(
                options.promotion_reserve_hours.clone(),
                "promotion-reserve-hours",
                0,
                24 * 90,
            )?,
            real_time_from_units: self.positive(options.real_time_from_units.clone(), "real-time-from-units")?,
            batch_up_to_units: self.positive(options.batch_up_to_units.clone(), "batch-up-to-units")?,
            review_days: self.between(options.review_days.clone(), "review-days", 1, 365)?,
            unpaid_reserve_days: self.between(options.unpaid_reserve_days.clone(), "unpaid-reserve-days", 0, 365)?,
            order_cycle_days: self.between(options.order_cycle_days.clone(), "order-cycle-days", 0, 365)?,
        })
    }

    /// A class's table holds its SKUs beside its policy, so the policy's keys are read on their own.
    /// Their places are lost on the way; messages point at the table.
    fn class_policy(&self, table: toml::Table, span: Range<usize>) -> Result<PolicyLevel> {
        let text = toml::to_string(&table).expect("a table that was read can be written");
        let options: PolicyOptions =
            toml::from_str(&text).map_err(|error| self.message(span.clone(), error.message(), "in this class"))?;
        let inner = Source::new(self.file, &text);
        let level = inner.policy(&options, 0..0).map_err(|problem| {
            let label = problem.place.and_then(|place| place.excerpt).map_or(String::new(), |excerpt| excerpt.label);
            self.message(span.clone(), &problem.message, &label)
        })?;
        Ok(PolicyLevel { line: self.line(span.start), ..level })
    }
}

fn folder_name(folder: &Path) -> String {
    let absolute: PathBuf = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    absolute.file_name().map_or_else(|| "shop".to_owned(), |name| name.to_string_lossy().into_owned())
}
