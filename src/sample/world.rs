//! What happens in the shop, second by second? Demand meets what channels show; what they show
//! follows what lies on the shelves, late.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::sample::answers::Answers;
use crate::sample::books::{Books, Movement};
use crate::sample::clock::Clock;
use crate::sample::dice::Dice;
use crate::sample::goods::{self, Good, Outline};
use crate::sample::orders::{Disposition, Line, LineRef, OpenMonths, Reason};
use crate::sample::postings::Postings;
use crate::sample::season::{self, Promotion, Today};
use crate::sample::stock::{LOCATIONS, Listing, MAIN, Shelf, THEIRS};
use crate::sample::stores::{AMAZON, STORES};
use crate::sample::{Sample, Size, exports};
use crate::types::Day;

/// What is bound to happen at an instant.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Ship(LineRef),
    Cancel(LineRef, Reason),
    Return(LineRef, i64, Disposition),
    /// So many lines of one order are paid for.
    Settle(LineRef, usize),
    Receipt {
        good: usize,
        units: i64,
    },
    TransferOut {
        good: usize,
        units: i64,
    },
    TransferIn {
        good: usize,
        units: i64,
        number: u64,
    },
    Adjust {
        good: usize,
        location: usize,
        units: i64,
        kind: &'static str,
    },
    Override {
        good: usize,
        channel: usize,
        units: i64,
    },
    /// Amazon pays for a unit it lost.
    Reimburse {
        good: usize,
    },
}

/// The shop while it runs.
pub(crate) struct World {
    pub(crate) folder: PathBuf,
    pub(crate) size: Size,
    pub(crate) first: Day,
    pub(crate) clock: Clock,
    pub(crate) dice: Dice,
    pub(crate) goods: Vec<Good>,
    pub(crate) promotions: Vec<Promotion>,
    pub(crate) today: Today,
    pub(crate) shelves: Vec<[Shelf; 2]>,
    written_shelves: Vec<[Shelf; 2]>,
    /// By article and channel.
    pub(crate) listings: Vec<[Listing; 5]>,
    /// Smoothed units per day by article and warehouse.
    pub(crate) pace: Vec<[f64; 2]>,
    pub(crate) asked_today: Vec<[i64; 2]>,
    pub(crate) events: BTreeMap<(i64, u64), Event>,
    event_number: u64,
    document: u64,
    /// The last instant at which something happened; everything has a second of its own.
    pub(crate) now: i64,
    /// After this instant nothing happens that was not planted.
    pub(crate) quiet_from: i64,
    /// Updates sent after this instant arrive within five minutes.
    pub(crate) calm_from: i64,
    pub(crate) outages: Vec<(i64, i64)>,
    pub(crate) months: OpenMonths,
    pub(crate) next_order: [u64; 5],
    pub(crate) books: Books,
    pub(crate) postings: Postings,
    pub(crate) answers: Answers,
    pub(crate) factors: Factors,
    /// What each listing earned in the last 90 days, roughly, so that returns make no loser by chance.
    pub(crate) earned: BTreeMap<(usize, usize), i64>,
    /// Units that Amazon's report is off by.
    pub(crate) misreported: BTreeMap<usize, i64>,
    /// Orders that the truth does not know yet.
    pub(crate) pending: Vec<Line>,
}

/// Season by category, channel and day, and how many lines a unit of rate makes.
pub(crate) struct Factors {
    first: Day,
    table: Vec<[[f64; 5]; 6]>,
}

impl Factors {
    fn new(first: Day, days: u32) -> Self {
        let table = (0..days as i32)
            .map(|place| {
                let mut factors = [[0.0; 5]; 6];
                for (category, row) in factors.iter_mut().enumerate() {
                    for (channel, factor) in row.iter_mut().enumerate() {
                        *factor = season::factor(category, channel, first.plus(place));
                    }
                }
                factors
            })
            .collect();
        Self { first, table }
    }

    pub(crate) fn of(&self, category: usize, channel: usize, day: Day) -> f64 {
        self.table[day.since(self.first) as usize][category][channel]
    }

    /// Scales all rates so that about `lines` order lines come together.
    fn scale(&self, goods: &mut [Good], channels: usize, lines: u64, as_of: Day) {
        let sums = self.table.iter().fold([[0.0; 5]; 6], |mut sums, day| {
            for (sum, factor) in sums.iter_mut().flatten().zip(day.iter().flatten()) {
                *sum += factor;
            }
            sums
        });
        let expected: f64 = goods
            .iter()
            .map(|good| {
                let alive = f64::from(as_of.since(good.launched.max(self.first))) / self.table.len() as f64;
                (0..channels)
                    .map(|channel| {
                        good.rate * good.share[channel] / good.mean_quantity(channel)
                            * sums[good.category][channel]
                            * alive
                    })
                    .sum::<f64>()
            })
            .sum();
        let factor = lines as f64 / expected.max(1e-9);
        for good in goods.iter_mut().filter(|good| !good.is_bundle()) {
            good.rate *= factor;
        }
        for good in goods.iter_mut().filter(|good| good.is_bundle()) {
            good.rate *= factor.clamp(0.05, 2.0);
        }
    }
}

impl World {
    /// The shop on the evening before its first day.
    pub(crate) fn new(folder: &Path, size: &Size) -> Result<Self> {
        let first = size.as_of.plus(1 - size.days as i32);
        let clock = Clock::new(first.plus(-2), size.as_of);
        let mut dice = Dice::new(size.seed);
        let channels = usize::from(size.channels);
        let outline = Outline { count: size.skus as usize, channels, first, as_of: size.as_of };
        let mut goods = goods::make(&outline, &mut dice);
        let factors = Factors::new(first, size.days);
        factors.scale(&mut goods, channels, size.orders, size.as_of);
        let promotions = season::promotions(&goods, channels, first, size.as_of, &clock);
        let count = goods.len();
        let truth = folder.join("exports/truth");
        let outage = clock.instant(size.as_of.plus(-18), 9 * 3600);
        let mut world = Self {
            folder: folder.to_owned(),
            size: *size,
            first,
            dice,
            promotions,
            today: Today::new(count),
            shelves: vec![[Shelf::default(); 2]; count],
            written_shelves: vec![[Shelf::default(); 2]; count],
            listings: vec![[(); 5].map(|()| Listing::default()); count],
            pace: vec![[0.0; 2]; count],
            asked_today: vec![[0; 2]; count],
            events: BTreeMap::new(),
            event_number: 0,
            document: 0,
            now: clock.instant(first.plus(-1), 86_399),
            quiet_from: clock.instant(size.as_of, 22 * 3600 + 600),
            calm_from: clock.instant(size.as_of, 18 * 3600),
            outages: vec![(outage, outage + 6 * 3600)],
            months: OpenMonths::default(),
            next_order: [1; 5],
            books: Books::create(&truth)?,
            postings: Postings::new(folder, channels, first, size.as_of, &clock)?,
            answers: Answers::new(folder, count, first)?,
            factors,
            earned: BTreeMap::new(),
            misreported: BTreeMap::new(),
            pending: Vec::new(),
            goods,
            clock,
        };
        world.open()?;
        Ok(world)
    }

    /// Opening stock, and the first full update of every channel.
    fn open(&mut self) -> Result<()> {
        for good in 0..self.goods.len() {
            self.open_shelves(good);
        }
        self.write_stock(self.first.plus(-1), true)?;
        self.now = self.clock.instant(self.first, 0);
        self.resync_all(true)?;
        self.now += 60;
        Ok(())
    }

    fn open_shelves(&mut self, index: usize) {
        let good = &self.goods[index];
        if good.is_bundle() {
            return;
        }
        let theirs = good.rate * good.share[AMAZON];
        let ours = good.rate - theirs;
        self.pace[index] = [ours, theirs];
        let lead = good.lead_days as f64;
        let units = (ours * self.dice.real(lead, lead + 40.0)).ceil() as i64 + good.minimum_order / 4;
        if good.launched > self.first {
            let at = self.clock.instant(good.launched.plus(-2), 11 * 3600 + index as i64 % 3600);
            self.shelves[index][MAIN].inbound = units;
            self.plan(at, Event::Receipt { good: index, units });
        } else {
            let stock = if good.loss.is_some_and(|(channel, _)| channel == AMAZON) { good.case_pack } else { units };
            self.shelves[index][MAIN].on_hand = stock + good.damaged;
            self.shelves[index][MAIN].damaged = good.damaged;
            self.shelves[index][THEIRS].on_hand = (theirs * self.dice.real(20.0, 45.0)).ceil() as i64;
        }
    }

    pub(crate) fn channels(&self) -> usize {
        usize::from(self.size.channels)
    }

    /// Something will happen at this instant.
    pub(crate) fn plan(&mut self, at: i64, event: Event) {
        self.event_number += 1;
        self.events.insert((at, self.event_number), event);
    }

    /// Runs what is due before `until`.
    pub(crate) fn run_events(&mut self, until: i64) -> Result<()> {
        while let Some(entry) = self.events.first_entry() {
            if entry.key().0 >= until {
                break;
            }
            let ((at, _), event) = entry.remove_entry();
            if at >= self.quiet_from {
                continue;
            }
            self.now = at.max(self.now + 1);
            self.happen(event)?;
        }
        Ok(())
    }

    fn happen(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Ship(line) => self.ship(line),
            Event::Cancel(line, reason) => self.cancel(line, reason),
            Event::Return(line, units, disposition) => self.take_back(line, units, disposition),
            Event::Settle(line, count) => self.settle(line, count),
            Event::Receipt { good, units } => self.receive(good, units),
            Event::TransferOut { good, units } => self.send_away(good, units),
            Event::TransferIn { good, units, number } => {
                self.shelves[good][THEIRS].inbound -= units;
                self.shelves[good][THEIRS].on_hand += units;
                let reference = format!("TR-{number:05}");
                self.move_stock(good, THEIRS, "transfer", units, &reference, "amazon", "")
            }
            Event::Adjust { good, location, units, kind } => self.adjust(good, location, units, kind),
            Event::Override { good, channel, units } => {
                self.listings[good][channel].change(self.now, units);
                self.books.override_stock(self.now, STORES[channel].name, &self.goods[good].sku, units)
            }
            Event::Reimburse { good } => self.postings.reimburse(&self.goods[good], self.now),
        }
    }

    fn receive(&mut self, good: usize, units: i64) -> Result<()> {
        self.document += 1;
        let reference = format!("RC-{:05}", self.document);
        let shelf = &mut self.shelves[good][MAIN];
        shelf.inbound -= units;
        shelf.on_hand += units;
        let supplier = self.goods[good].supplier;
        self.move_stock(good, MAIN, "receipt", units, &reference, supplier, "")?;
        self.announce(good, self.now)
    }

    fn send_away(&mut self, good: usize, units: i64) -> Result<()> {
        let units = units.min(self.shelves[good][MAIN].available());
        if units <= 0 {
            return Ok(());
        }
        self.document += 1;
        let number = self.document;
        self.shelves[good][MAIN].on_hand -= units;
        self.shelves[good][THEIRS].inbound += units;
        let reference = format!("TR-{number:05}");
        self.move_stock(good, MAIN, "transfer", -units, &reference, "amazon", "")?;
        let days = self.dice.between(5, 9);
        self.plan(self.now + days * 86_400, Event::TransferIn { good, units, number });
        self.announce(good, self.now)
    }

    fn adjust(&mut self, good: usize, location: usize, units: i64, kind: &'static str) -> Result<()> {
        if self.shelves[good][location].available() + units < 0 {
            return Ok(());
        }
        self.shelves[good][location].on_hand += units;
        let reason = if kind == "damage" { "broken in the warehouse" } else { "cycle count" };
        self.move_stock(good, location, kind, units, "", "warehouse", reason)?;
        if location == MAIN { self.announce(good, self.now) } else { Ok(()) }
    }

    /// Writes a movement at the present instant.
    #[expect(clippy::too_many_arguments, reason = "one per column of the table")]
    pub(crate) fn move_stock(
        &mut self,
        good: usize,
        location: usize,
        kind: &'static str,
        quantity: i64,
        reference: &str,
        owner: &str,
        reason: &'static str,
    ) -> Result<()> {
        let sku = &self.goods[good].sku;
        let movement = Movement { at: self.now, sku, location, kind, quantity, reference, owner, reason };
        self.books.movement(&self.clock, &movement)
    }

    /// Writes what lies on the shelves at the end of a day; only what changed, in a large shop.
    pub(crate) fn write_stock(&mut self, day: Day, whole: bool) -> Result<()> {
        let at = self.clock.instant(day, 86_399);
        for good in 0..self.goods.len() {
            for location in 0..LOCATIONS.len() {
                let shelf = self.shelves[good][location];
                let article = &self.goods[good];
                let is_stocked = location == MAIN || article.is_listed(AMAZON);
                if article.is_bundle() || !is_stocked {
                    continue;
                }
                if whole || shelf != self.written_shelves[good][location] {
                    self.books.stock(day, at, &article.sku, location, &shelf)?;
                    self.written_shelves[good][location] = shelf;
                }
            }
        }
        Ok(())
    }

    /// Writes the months whose lines can no longer change.
    pub(crate) fn write_months(&mut self, before: Option<Day>) -> Result<()> {
        while let Some((month, lines)) =
            self.months.take_if(|month| before.is_none_or(|day| month.last().plus(100) < day))
        {
            self.answers.count(&lines);
            exports::write_orders(self, month, &lines)?;
        }
        Ok(())
    }
}

impl World {
    /// Closes every file.
    pub(crate) fn finish(self) -> Result<Sample> {
        let end = self.clock.instant(self.size.as_of.plus(1), 0);
        self.postings.finish(end, &self.clock)?;
        self.books.finish()?;
        let sample = Sample {
            order_lines: self.answers.totals.iter().map(|total| total.lines.unsigned_abs()).sum(),
            oversells: self.answers.oversell_count,
            skus: self.goods.len() as u64,
        };
        self.answers.finish(&self.goods, usize::from(self.size.channels))?;
        Ok(sample)
    }
}
