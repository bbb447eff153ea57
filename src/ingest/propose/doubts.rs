//! What may be wrong with a proposal, and what must be said before it is pasted?

use super::draft::{Draft, listed, named};
use super::guess::{Subject, called};
use super::returns::{self, Named};
use super::sisters::{Advice, Sister};
use super::{either, quoted, tables};
use crate::config::{ChannelSettings, Settings};
use crate::ingest::context::instants_in_name;
use crate::ingest::near_miss::explaining;
use crate::ingest::price_words;
use crate::ingest::second_table::SecondTable;
use crate::lake::{Kind, SETTLEMENT_KINDS};

impl Draft<'_> {
    /// All that may be doubted of what the file says.
    pub(super) fn doubt(&mut self, folder: Option<&ChannelSettings>, settings: &Settings, sisters: &[Sister]) {
        self.ask_what_is_missing();
        self.ask_for_rates();
        self.ask_for_prices();
        if matches!(self.table.name, "order_lines" | "refund_lines") {
            self.tell_what_prices_hold();
        }
        self.ask_for_returns(settings);
        self.ask_about_days();
        self.ask_for_stock(settings);
        self.doubt_the_time(folder, settings);
        self.doubt_what_is_unused();
        if self.table.name == "order_lines" {
            sisters.iter().for_each(|sister| self.ask_about_a_sister(sister));
        }
        if let Some(second) = self.file.sniffed.second {
            self.unsaid.push(format!("{}; {}", second.reason(), SecondTable::remedy(second.line)));
        }
    }

    /// What may stand in the place of a header that is missing.
    fn ask_what_is_missing(&mut self) {
        let open: Vec<&str> = self.guess.untold.iter().map(|any| any[0]).collect();
        for column in open {
            match (self.table.name, column) {
                ("order_lines", "quantity") => self.unsaid.push(
                    "where a row is one unit, take `quantity` out of `columns` and write `quantity = \"1\"` under \
                     `constants`"
                        .to_owned(),
                ),
                ("settlement_lines", "kind") => self.unsaid.push(format!(
                    "where all rows are of one kind, take `kind` out of `columns` and write it under `constants`: {}; \
                     what takes money from you, refunds too, must be below zero, and `negate = [\"amount\"]` turns \
                     the signs",
                    SETTLEMENT_KINDS.join(", ")
                )),
                _ => {}
            }
        }
    }

    /// Columns of money whose values all lie between 0 and 1.
    pub(super) fn rates(&self) -> Vec<&'static str> {
        let is_money =
            |column: &str| self.table.columns.iter().any(|known| known.name == column && known.kind == Kind::Money);
        let is_like = |place| self.reading.are_like_rates(self.file.sniffed, place);
        let columns = self.guess.columns.iter();
        columns.filter(|(column, place)| is_money(column) && is_like(**place)).map(|(column, _)| *column).collect()
    }

    fn ask_for_rates(&mut self) {
        for column in self.rates() {
            let header = &self.file.sniffed.headers[self.guess.columns[column]];
            let share = match column {
                "discount" => format!("write `discount_rate = {}` in its place", quoted(header)),
                column => format!("take `{column}` out"),
            };
            self.unsaid.push(format!(
                "`{header}` lies between 0 and 1 on every row, as a rate does: if it is money, put it in place of `?` at \
                 `{column}` and add `amounts = [\"{column}\"]`; if it is a share, {share}"
            ));
        }
    }

    /// Lines without a price are no sales.
    fn ask_for_prices(&mut self) {
        let has_price = ["unit_price", "gross"].iter().any(|column| self.guess.columns.contains_key(column));
        if self.table.name == "order_lines" && !has_price {
            self.unsaid.push(
                "no header says `unit_price` or `gross` (the line's total): without a price the lines count neither \
                 units nor money, so add one of them to `columns`"
                    .to_owned(),
            );
        }
    }

    /// What the headers of prices say of their tax.
    fn tell_what_prices_hold(&mut self) {
        let prices = ["unit_price", "gross", "amount"].iter().filter_map(|column| self.guess.columns.get(column));
        let headers: Vec<&str> = prices.map(|place| self.file.sniffed.headers[*place].as_str()).collect();
        let Some(hold_tax) = price_words::agreed(headers.iter().copied()) else { return };
        let telling: Vec<&str> =
            headers.into_iter().filter(|header| price_words::hold_tax(header) == Some(hold_tax)).collect();
        let said = if telling.len() == 1 { "says" } else { "say" };
        let what = if hold_tax { "with their tax in them" } else { "without tax" };
        self.doubts.push(format!("{} {said} that prices are {what}, and so they are taken", listed(&telling, " and ")));
    }

    /// Returns among sales.
    fn ask_for_returns(&mut self, settings: &Settings) {
        if self.table.name != "order_lines" {
            return;
        }
        let command = explaining(self.file.path, settings);
        if self.file.subject == Subject::Returns {
            self.unsaid.push(format!(
                "these rows say that they came back, and order lines are sold: `{command} --table refund_lines` takes \
                 them for what they are"
            ));
        } else if self.file.named == Named::Both {
            self.unsaid.push(
                "the file's name says that it holds returns too: rows of them are no sales, so export those by themselves"
                    .to_owned(),
            );
        }
        self.ask_for_rows_of_returns();
        let Some(place) = self.guess.columns.get("quantity").copied() else { return };
        let header = &self.file.sniffed.headers[place];
        if self.is_mostly_negative(place) {
            self.unsaid.push(format!(
                "`{header}` is below zero, as what came back is: `{command} --table refund_lines` takes these rows for that"
            ));
        } else if self.has_signs(place) {
            self.choices.push(("negative = \"refunded\"\n".to_owned(), "where rows below zero are credit notes"));
            self.doubts.push(format!(
                "`quantity`: `{header}` is below zero on some rows, as credit notes are: `negative = \"refunded\"` takes \
                 those rows for what came back"
            ));
        }
    }

    /// A column without a use that says of some rows that they came back.
    fn ask_for_rows_of_returns(&mut self) {
        let sniffed = self.file.sniffed;
        let unused = (0..sniffed.headers.len()).filter(|place| !self.guess.columns.values().any(|used| used == place));
        let told = unused.filter_map(|place| Some((place, returns::said_of_some_rows(sniffed, place)?)));
        for (place, said) in told {
            let skip = format!("skip = {{ {} = {} }}", quoted(&sniffed.headers[place]), quoted(said));
            self.unsaid.push(format!(
                "`{}` says `{said}` on some rows, and what came back is not sold: leave those rows out with `{skip}`, or \
                 give the column as `status` with its words under `words`",
                sniffed.headers[place]
            ));
            self.choices.push((skip + "\n", "where those rows are no sales"));
        }
    }

    /// Days that the lake cannot keep.
    fn ask_about_days(&mut self) {
        for place in 0..self.file.sniffed.headers.len() {
            let (beyond, all) = self.reading.beyond(self.file.sniffed, place);
            if beyond == 0 {
                continue;
            }
            let header = &self.file.sniffed.headers[place];
            let is_used = self.guess.columns.values().any(|used| *used == place);
            let told = format!(
                "{beyond} of {all} dates looked at in `{header}` are not between 2000 and 2099 and cannot be kept"
            );
            match is_used {
                true if beyond == all => self.unsaid.push(format!("{told}: no row of this file would be read")),
                true => self.doubts.push(format!("{told}: their rows are rejected")),
                false => self.doubts.push(told),
            }
        }
    }

    /// What is available, beside what is on hand and where nobody says whose it is.
    fn ask_for_stock(&mut self, settings: &Settings) {
        let headers: Vec<&str> = self.file.sniffed.headers.iter().map(String::as_str).collect();
        let command = explaining(self.file.path, settings);
        match self.table.name {
            "stock" if !self.guess.columns.contains_key("reserved") => {
                let place = self.guess.columns.get("on_hand").copied();
                let Some(header) =
                    called("available", &headers).filter(|found| place.is_none_or(|place| headers[place] != *found))
                else {
                    return;
                };
                self.doubts.push(format!(
                    "`{header}` is not used: what is available follows from `on_hand` less `reserved`, which no header says"
                ));
            }
            "stock" => {}
            "channel_stock" if !self.guess.columns.contains_key("channel") && self.is_of_no_channel(settings) => {
                self.unsaid.push(format!(
                    "if these are your own counts and not what a channel shows, `{command} --table stock` proposes that"
                ));
            }
            _ => {}
        }
    }

    fn is_of_no_channel(&self, settings: &Settings) -> bool {
        let folder = self.file.path.strip_prefix(&settings.exports).ok().and_then(|path| path.parent());
        let folder = folder.and_then(|folder| folder.iter().next()?.to_str());
        !folder.is_some_and(|folder| named(settings).contains(&folder))
    }

    /// A file beside this one that holds the rest of its orders, or the same orders once more.
    fn ask_about_a_sister(&mut self, sister: &Sister) {
        match sister.advice() {
            Advice::Instead(advice) => self.unsaid = vec![advice],
            Advice::Join(advice) => self.unsaid.push(advice),
            Advice::Beware(advice) => self.doubts.push(advice),
        }
    }

    /// Which table it is, where most of the file finds no use or the table wants what it lacks.
    pub(super) fn doubt_the_table(&mut self, possible: &[&str], settings: &Settings) {
        let headers = self.file.sniffed.headers.iter().filter(|header| !header.is_empty()).count();
        let used = self.guess.columns.len();
        let is_odd = used * 4 <= headers && self.file.subject == Subject::Anything;
        if !is_odd && (self.guess.untold.is_empty() || possible.len() == 1) {
            return;
        }
        let (every, few) = (tables(), format!("only {used} of {headers} headers find a use"));
        let why = if is_odd { few } else { "the table is not certain".to_owned() };
        let command = explaining(self.file.path, settings);
        self.unsaid.push(format!(
            "{why}: say which it is with `{command} --table NAME`, {}",
            either(if possible.len() == 1 { &every } else { possible })
        ));
    }

    /// When a count was taken that does not say it.
    fn doubt_the_time(&mut self, folder: Option<&ChannelSettings>, settings: &Settings) {
        let dated = [("stock", "at"), ("channel_stock", "reported_at")];
        if !dated.iter().any(|(table, at)| *table == self.table.name && !self.guess.columns.contains_key(at)) {
            return;
        }
        let zone = folder.and_then(|channel| channel.time_zone).unwrap_or(settings.shop.time_zone);
        let day = match (instants_in_name(self.file.path, zone).first(), settings.shop.as_of) {
            (Some(at), _) => format!("{}, as the file's name says", at.day_in(zone)),
            (None, Some(day)) => format!("{day}, the `as-of` of the settings; a day in the file's name says it better"),
            (None, None) => {
                "the day on which the file was written; a day in its name, as 2026-02-28, says it better".to_owned()
            }
        };
        self.doubts.push(format!("the time of the count: no header fits, so it is {day}"));
    }

    /// Amounts and dates of the file that find no use.
    fn doubt_what_is_unused(&mut self) {
        let unused = (0..self.file.sniffed.headers.len()).filter(|place| {
            let is_used = self.guess.columns.values().any(|used| used == place);
            let (reading, sniffed) = (&self.reading, self.file.sniffed);
            !is_used && (reading.is_dates(sniffed, *place) || reading.is_amounts(sniffed, *place))
        });
        let headers: Vec<&str> = unused.map(|place| self.file.sniffed.headers[place].as_str()).collect();
        if !headers.is_empty() {
            let verb = if headers.len() == 1 { "holds" } else { "hold" };
            self.doubts.push(format!("{} {verb} amounts or dates and nothing uses it", listed(&headers, " and ")));
        }
    }
}
