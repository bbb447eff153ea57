//! What should a person look at in a file, though no row is rejected for it?

use std::collections::BTreeMap;
use std::path::Path;

use super::export::Layout;
use super::receipt::Receipt;
use crate::error::Diagnostic;
use crate::types::{Channel, Currency, Money, Rate, Timestamp};

/// Rows that have something in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    count: u64,
    /// Line of the first.
    line: u64,
}

impl Seen {
    fn at(line: u64) -> Self {
        Self { count: 1, line }
    }

    fn add(&mut self, other: Self) {
        let lines = [*self, other].into_iter().filter(|seen| seen.count > 0).map(|seen| seen.line);
        *self = Self { line: lines.min().unwrap_or(0), count: self.count + other.count };
    }
}

/// What a person should know of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// Its order has several tax rates, and nothing proves which line bears which: so much tax, which its
    /// prices hold, is shared over them by value.
    SharedTax(Money, Currency),
    /// So much was given back by it, and whether that holds the tax that stands beside it nothing tells.
    OpenTax(Money, Currency),
    /// Only its line's state tells that it was given back.
    GivenBack,
    /// Whether the tax beside its discounted price is that of the price or of what was paid nothing tells: so much
    /// lies between the two.
    DiscountedTax(Money, Currency),
}

/// Rows that have something in common, and what their amounts come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Worth {
    seen: Seen,
    sums: BTreeMap<Currency, Money>,
}

impl Worth {
    fn of(line: u64, amount: Money, currency: Currency) -> Self {
        Self { seen: Seen::at(line), sums: [(currency, amount)].into() }
    }

    fn add(&mut self, other: &Self) {
        self.seen.add(other.seen);
        for (currency, amount) in &other.sums {
            let sum = self.sums.entry(*currency).or_default();
            // What is beyond any amount is told as the most that can be.
            *sum = sum.checked_add(*amount).unwrap_or(*sum);
        }
    }

    /// `12.00 EUR and 3.00 GBP`
    fn told(&self) -> String {
        let sums: Vec<String> = self.sums.iter().map(|(currency, sum)| format!("{sum} {currency}")).collect();
        sums.join(" and ")
    }
}

/// The amounts of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Amounts {
    header: String,
    /// Those that are not zero.
    count: u64,
    /// Of these, as many as are no share: one or more, or below zero.
    beyond: u64,
}

impl Amounts {
    fn of<'a>(columns: &'a mut BTreeMap<String, Self>, column: &str, header: &str) -> &'a mut Self {
        let of_column = columns.entry(column.to_owned()).or_default();
        if of_column.header.is_empty() {
            of_column.header = header.to_owned();
        }
        of_column
    }

    /// Takes in of each amount whether it is beyond.
    fn look(&mut self, beyond: impl Iterator<Item = bool>) {
        for is_beyond in beyond {
            self.count += 1;
            self.beyond += u64::from(is_beyond);
        }
    }
}

/// What was noted while a file was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    skipped_times: Seen,
    /// The zone whose clocks skipped them.
    zone: &'static str,
    rounded_rates: Seen,
    refunded: Seen,
    shared_tax: Worth,
    open_tax: Worth,
    discounted_tax: Worth,
    /// The header of refunds' lines that are taken for the refunds' own, though they may be the orders'.
    counted_anew: Option<String>,
    /// Counts that say no time of their own, and when their file was written.
    undated: Seen,
    written: Option<Timestamp>,
    /// By the column that they fill.
    amounts: BTreeMap<String, Amounts>,
    /// The same of rates in percents.
    percents: BTreeMap<String, Amounts>,
}

impl Notes {
    /// What is to be noted of every file of a layout.
    pub(super) fn of(layout: &Layout) -> Self {
        Self { counted_anew: layout.rules.counted_anew.clone(), ..Self::default() }
    }

    pub(super) fn skipped_time(&mut self, line: u64, zone: &'static str) {
        self.skipped_times.add(Seen::at(line));
        self.zone = zone;
    }

    pub(super) fn rounded_rate(&mut self, line: u64) {
        self.rounded_rates.add(Seen::at(line));
    }

    pub(super) fn undated(&mut self, line: u64, written: Timestamp) {
        self.undated.add(Seen::at(line));
        self.written = Some(written);
    }

    pub(super) fn row(&mut self, note: Note, line: u64) {
        match note {
            Note::SharedTax(tax, currency) => self.shared_tax.add(&Worth::of(line, tax, currency)),
            Note::OpenTax(back, currency) => self.open_tax.add(&Worth::of(line, back, currency)),
            Note::DiscountedTax(apart, currency) => self.discounted_tax.add(&Worth::of(line, apart, currency)),
            Note::GivenBack => self.refunded.add(Seen::at(line)),
        }
    }

    pub(super) fn amounts(&mut self, column: &str, header: &str, amounts: impl Iterator<Item = Money>) {
        let one = Money::from_cents(100);
        let told = amounts.filter(|amount| !amount.is_zero());
        Amounts::of(&mut self.amounts, column, header).look(told.map(|amount| amount.is_negative() || amount >= one));
    }

    /// Looks at rates that are written in percents.
    pub(super) fn percents(&mut self, column: &str, header: &str, rates: impl Iterator<Item = Rate>) {
        let one = Rate::from_millionths(Rate::SCALE / 100);
        let told = rates.filter(|rate| *rate != Rate::ZERO);
        Amounts::of(&mut self.percents, column, header).look(told.map(|rate| rate < Rate::ZERO || rate >= one));
    }

    /// Adds what was noted in a later stretch of the same file.
    pub(super) fn add(&mut self, later: &Self) {
        self.skipped_times.add(later.skipped_times);
        self.rounded_rates.add(later.rounded_rates);
        self.refunded.add(later.refunded);
        self.shared_tax.add(&later.shared_tax);
        self.open_tax.add(&later.open_tax);
        self.discounted_tax.add(&later.discounted_tax);
        self.undated.add(later.undated);
        self.written = self.written.or(later.written);
        if self.zone.is_empty() {
            self.zone = later.zone;
        }
        for (of_all, of_later) in [(&mut self.amounts, &later.amounts), (&mut self.percents, &later.percents)] {
            for (column, amounts) in of_later {
                let sum = Amounts::of(of_all, column, &amounts.header);
                sum.count += amounts.count;
                sum.beyond += amounts.beyond;
            }
        }
    }
}

/// Fewer amounts than these tell nothing of their column.
const TELLING: u64 = 2;

/// What a person should look at in a file; `path` is the file as the user would name it.
pub fn notes(receipt: &Receipt, path: &Path) -> Vec<Diagnostic> {
    let notes = &receipt.notes;
    let place = match (receipt.export.strip_prefix("mapping."), &receipt.channel) {
        (Some(mapping), _) => format!("[mapping.{mapping}]"),
        (None, Some(channel)) => format!("[channel.{channel}]"),
        (None, None) => "[channel.NAME]".to_owned(),
    };
    // Where all is worth less than one, a small amount is one.
    let is_cheap = notes.amounts.len() > 1 && notes.amounts.values().all(|amounts| amounts.beyond == 0);
    let is_like = |amounts: &Amounts| !is_cheap && amounts.count >= TELLING && amounts.beyond == 0;
    let shares = notes.amounts.iter().filter(|(_, amounts)| is_like(amounts));
    let mut told: Vec<Diagnostic> =
        shares.map(|(column, amounts)| share_or_money(column, amounts, &place).in_file(path)).collect();
    let small = notes.percents.iter().filter(|(_, rates)| rates.count >= TELLING && rates.beyond == 0);
    told.extend(small.map(|(column, rates)| share_or_percent(column, rates, &place).in_file(path)));
    let at = |seen: Seen, problem: Diagnostic| problem.at_line(path, seen.line as usize);
    let seen = notes.skipped_times;
    if seen.count > 0 {
        told.push(at(seen, skipped_times(seen, receipt.rows_read, notes.zone, &place)));
    }
    let seen = notes.refunded;
    if seen.count > 0 {
        told.push(at(seen, refunded(seen.count)));
    }
    if notes.shared_tax.seen.count > 0 {
        told.push(at(notes.shared_tax.seen, shared_tax(&notes.shared_tax, receipt.channel.as_ref())));
    }
    if let Some(header) = notes.counted_anew.as_ref().filter(|_| receipt.accepted > 0) {
        told.push(counted_anew(header, &place).in_file(path));
    }
    if notes.open_tax.seen.count > 0 {
        told.push(at(notes.open_tax.seen, open_tax(&notes.open_tax, &place)));
    }
    if notes.discounted_tax.seen.count > 0 {
        told.push(at(notes.discounted_tax.seen, discounted_tax(&notes.discounted_tax)));
    }
    if let Some(written) = notes.written {
        told.push(undated(notes.undated.count, written, path));
    }
    let seen = notes.rounded_rates;
    if seen.count > 0 {
        let rates = plural(seen.count, "rate is", "rates are");
        let message = format!("{rates} told with more than six decimals and rounded to six, which are kept");
        told.push(at(seen, Diagnostic::warning("rounded-rate", message)));
    }
    told
}

fn share_or_money(column: &str, amounts: &Amounts, place: &str) -> Diagnostic {
    let header = &amounts.header;
    let message = format!(
        "every amount of `{header}` lies between 0 and 1 ({} of them): is it money, or a share?",
        amounts.count
    );
    let share = match column {
        "discount" => {
            format!("if it is a share of the price, write `discount_rate = \"{header}\"` in place of `discount`")
        }
        _ => format!("if it is a share, take `{column}` out of the columns"),
    };
    Diagnostic::warning("share-or-money", message)
        .hint(format!("{share} under `{place}`; if it is money, add `amounts = [\"{column}\"]` there"))
}

fn share_or_percent(column: &str, rates: &Amounts, place: &str) -> Diagnostic {
    let message = format!(
        "every rate of `{}` lies between 0 and 1 ({} of them): are these percents, or shares?",
        rates.header, rates.count
    );
    let hint = format!("if `0.1` is a tenth there, take `{column}` out of `percent` under `{place}`");
    Diagnostic::warning("share-or-percent", message).hint(hint)
}

fn skipped_times(seen: Seen, rows: u64, zone: &str, place: &str) -> Diagnostic {
    let times = plural(seen.count, "time stands", "times stand");
    let message =
        format!("{times} in the hour that the clocks of {zone} skipped: kept an hour later, on the day written");
    let hint = match seen.count == rows && rows > 1 {
        true => format!(
            "no row has another hour: these are times of another zone, to be set as `time-zone` under `{place}`"
        ),
        false => format!("if the file's times are of another zone, set it as `time-zone` under `{place}`"),
    };
    Diagnostic::warning("skipped-time", message).hint(hint)
}

fn refunded(count: u64) -> Diagnostic {
    let lines = plural(count, "line is", "lines are");
    let message =
        format!("{lines} `refunded` with units above zero: sold, and given back in full on the day of the state");
    let hint = "what refund lines or a settlement tell of the same order is not counted again; where only a part went \
                back and they tell it, read this state as `completed`";
    Diagnostic::warning("refunded-by-state", message).hint(hint)
}

fn shared_tax(worth: &Worth, channel: Option<&Channel>) -> Diagnostic {
    let orders = plural(worth.seen.count, "order has tax in its prices", "orders have tax in their prices");
    let message = format!(
        "{orders} of which nothing proves which line bears which rate: {} are shared by value, so the \
         orders are right and their SKUs may be off",
        worth.told()
    );
    let place = channel.map_or_else(|| "NAME".to_owned(), Channel::to_string);
    Diagnostic::warning("tax-shared", message).hint(format!(
        "name the rates of the SKUs under `[channel.{place}]`, such as `prices-hold-tax = {{ \"*\" = \"19%\", \"BOOK-1\" = \
         \"7%\" }}`, and run `trueup ingest --afresh`"
    ))
}

fn open_tax(worth: &Worth, place: &str) -> Diagnostic {
    let notes = plural(worth.seen.count, "credit note tells its tax", "credit notes tell their tax");
    let message = format!(
        "{notes}, and nothing whether the prices hold it: refunds of {} count whole until `prices-hold-tax` under \
         `{place}` says so",
        worth.told()
    );
    let hint = "set it to `true` where the tax is a part of the prices and to `false` where it comes on top, or map the \
                order's total as `order_total`, which tells it";
    Diagnostic::warning("tax-not-told", message).hint(hint)
}

fn discounted_tax(worth: &Worth) -> Diagnostic {
    let prices = plural(worth.seen.count, "discounted price has a tax", "discounted prices have a tax");
    let message = format!(
        "{prices} of which nothing tells whether it is worked out before the discount: taken so, and if it is not, net \
         sales are less by {}",
        worth.told()
    );
    let problem = Diagnostic::warning("tax-of-discount", message);
    problem.hint(
        "the settlement of these orders tells it: its principal is what counts, and the page names those that differ",
    )
}

fn counted_anew(header: &str, place: &str) -> Diagnostic {
    let message = format!(
        "the refunds name no article, and their lines stand under `{header}`, which begins anew in every document: taken \
         for lines of the refunds, so what went back is shared over each order's articles"
    );
    let hint = format!(
        "if it is the order's line that came back, add `order_line_id = \"{header}\"` to the columns of `{place}`"
    );
    Diagnostic::warning("refund-line-counted", message).hint(hint)
}

/// What a file counts without saying when: the day of writing may be the wrong one, and moves with a copy.
fn undated(count: u64, written: Timestamp, path: &Path) -> Diagnostic {
    let counts = plural(count, "count says", "counts say");
    let message = format!(
        "{counts} no day, and neither does the file's name: they stand at {written}, when the file was written"
    );
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map_or_else(String::new, |ending| format!(".{}", ending.to_string_lossy()));
    let day = written.to_string().chars().take(10).collect::<String>();
    let hint = format!(
        "put the day of the count into the name, such as `{stem}_{day}{ending}`; a copy of the file may be newer, and the \
         report's day follows the newest count"
    );
    Diagnostic::warning("undated-count", message).hint(hint).in_file(path)
}

fn plural(count: u64, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}
