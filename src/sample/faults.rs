//! Which mistakes do real exports hold? Each is planted once into a shop that was written, and
//! listed with what trueup should say of it.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Diagnostic, Result};
use crate::sample::settlement::SETTLEMENT;
use crate::sample::sheet::push_cents;

/// A mistake that was planted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, under the shop's folder.
    pub file: String,
    /// What is wrong.
    pub what: String,
    /// What trueup should say or do.
    pub expected: &'static str,
}

/// Plants every fault into a shop with the first four channels and at least 100 days, ending on
/// 2026-02-28. None of them changes what is true of stock, drift or losing articles.
///
/// # Errors
/// Where a file of the shop is missing or cannot be written.
pub fn plant(folder: &Path) -> Result<Vec<Fault>> {
    let mut shop = Shop { exports: folder.join("exports"), faults: Vec::new() };
    shop.spreadsheet_orders()?;
    shop.older_download()?;
    shop.renamed_copy()?;
    shop.unknown_file()?;
    shop.tiktok_rows()?;
    shop.twin_fees()?;
    shop.unsettled_order()?;
    shop.german_settlement()?;
    shop.unmapped_listing()?;
    shop.odd_returns()?;
    shop.missing_cost()?;
    shop.unsigned_override()?;
    shop.restocked_twice()?;
    Ok(shop.faults)
}

struct Shop {
    exports: PathBuf,
    faults: Vec<Fault>,
}

/// A file as rows of cells, header included.
type Cells = Vec<Vec<String>>;

impl Shop {
    fn note(&mut self, file: &str, what: impl Into<String>, expected: &'static str) {
        self.faults.push(Fault { file: format!("exports/{file}"), what: what.into(), expected });
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = self.exports.join(file);
        fs::read_to_string(&path).map_err(|error| Box::new(Diagnostic::io("read", &path, &error)))
    }

    fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.exports.join(file);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        made.map_err(|error| Box::new(Diagnostic::io("write", &path, &error)))
    }

    fn append(&self, file: &str, text: &str) -> Result<()> {
        let whole = self.read(file)? + text;
        self.write(file, &whole)
    }

    /// The files of a folder whose names start so, sorted.
    fn files(&self, folder: &str, start: &str) -> Result<Vec<String>> {
        let path = self.exports.join(folder);
        let listed = fs::read_dir(&path).map_err(|error| Diagnostic::io("list", &path, &error))?;
        let mut names: Vec<String> = listed
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with(start))
            .map(|name| format!("{folder}/{name}"))
            .collect();
        names.sort();
        if names.is_empty() {
            let message = format!("no file `{start}…` in `{}`", path.display());
            return Err(Box::new(Diagnostic::error("sample-faults", message)));
        }
        Ok(names)
    }

    fn last_file(&self, folder: &str, start: &str) -> Result<String> {
        Ok(self.files(folder, start)?.pop().unwrap_or_default())
    }

    /// Three rows that somebody typed into a spreadsheet.
    fn spreadsheet_orders(&mut self) -> Result<()> {
        let mut cells = parse(&self.read("shopify/orders_export_1.csv")?);
        let header = cells.remove(0);
        let place = |name: &str| header.iter().position(|cell| cell == name).unwrap_or_default();
        let template = single(&cells, place("Name"));
        let (name, sku, price) = (place("Name"), place("Lineitem sku"), place("Lineitem price"));
        let (subtotal, total) = (place("Subtotal"), place("Total"));
        let (title, tax, shipping) = (place("Lineitem name"), place("Taxes"), place("Shipping"));
        let mut comma = template.clone();
        for (column, text) in [(name, "#9001"), (price, "1.249,00"), (subtotal, "1249.00"), (total, "1249.00")] {
            comma[column] = text.to_owned();
        }
        let mut blank = template.clone();
        let cells = [(name, "#9002"), (sku, ""), (title, "Gift wrapping"), (price, "5.00"), (subtotal, "5.00")];
        for (column, text) in cells.into_iter().chain([(total, "5.00"), (tax, "0.00"), (shipping, "0.00")]) {
            blank[column] = text.to_owned();
        }
        let mut text = unparse(&[header.clone(), comma, blank]);
        text.push_str("#9003,\"buyer9003@example.com,paid,2025-09-20 10:00:00 -0400\n");
        let file = "shopify/orders_export_spreadsheet.csv";
        self.write(file, &text)?;
        self.note(
            file,
            "line 2: `1.249,00` in `Lineitem price`, a decimal comma in a file with decimal points",
            "1 row rejected: whether the comma or the point is the decimal mark is not clear",
        );
        self.note(
            file,
            "line 3: an order line without a SKU",
            "accepted; its title stands for the article; check_order_unmapped finds it; what it contributes is unknown",
        );
        self.note(file, "line 4: a quote that is opened and never closed", "1 row rejected: the quote is not closed");
        Ok(())
    }

    /// An earlier download of the last orders: the same rows, one in an earlier state.
    fn older_download(&mut self) -> Result<()> {
        let months = self.files("shopify", "orders_export_")?;
        let month = months.iter().rev().find(|name| !name.contains("spreadsheet")).cloned().unwrap_or_default();
        let mut cells = parse(&self.read(&month)?);
        let header = cells.remove(0);
        let place = |name: &str| header.iter().position(|cell| cell == name).unwrap_or_default();
        let middle = cells.len() / 2;
        let start = (middle..cells.len()).find(|row| !cells[*row][place("Id")].is_empty()).unwrap_or(middle);
        let mut rows: Cells = cells[start..].to_vec();
        rows.truncate(40);
        while rows.len() > 1 && rows.last().is_some_and(|row| cells_follow(row, &cells, place("Name"), &rows)) {
            rows.pop();
        }
        let shipped = |row: &&mut Vec<String>| row[place("Fulfillment Status")] == "fulfilled";
        let mut changed = String::new();
        if let Some(row) = rows.iter_mut().filter(|row| row[place("Refunded Amount")] == "0.00").find(shipped) {
            changed.clone_from(&row[place("Name")]);
            let earlier = [
                ("Financial Status", "authorized"),
                ("Paid at", ""),
                ("Fulfillment Status", "unfulfilled"),
                ("Fulfilled at", ""),
                ("Lineitem fulfillment status", "pending"),
            ];
            for (column, text) in earlier {
                row[place(column)] = text.to_owned();
            }
        }
        rows.insert(0, header.clone());
        let file = "shopify/orders_export_earlier.csv";
        self.write(file, &unparse(&rows))?;
        let what = format!("an earlier download that overlaps `{month}`; order {changed} is not shipped yet in it");
        self.note(
            file,
            what,
            "the same rows are duplicates; of the changed order the newer state stands, the older is history",
        );
        Ok(())
    }

    fn renamed_copy(&mut self) -> Result<()> {
        let text = self.read("shopify/payment_transactions_export_1.csv")?;
        let file = "shopify/payment_transactions_export_1 (1).csv";
        self.write(file, &text)?;
        self.note(file, "the same bytes under another name", "skipped: already read");
        Ok(())
    }

    fn unknown_file(&mut self) -> Result<()> {
        let file = "misc/notes.csv";
        self.write(file, "who,what\ndana,call the candle supplier\n")?;
        self.note(file, "not an export", "ignored: no export has these headers");
        Ok(())
    }

    /// An order in a state that nobody knows, and one of an article that nobody knows.
    fn tiktok_rows(&mut self) -> Result<()> {
        let text = self.read(&self.files("tiktok", "All order-")?.remove(0))?;
        let mut cells = parse(text.trim_start_matches('\u{feff}'));
        let template = single(&cells[2..], 0);
        cells.truncate(2);
        let mut unknown = template.clone();
        unknown[0] = "576299999999999001\t".to_owned();
        unknown[1] = "Pondering".to_owned();
        let mut unmapped = template;
        unmapped[0] = "576299999999999002\t".to_owned();
        unmapped[5] = "1729499999999999999\t".to_owned();
        unmapped[6] = "TT-OLDLANTERN".to_owned();
        cells.extend([unknown, unmapped]);
        let file = "tiktok/All order-late.csv";
        self.write(file, &format!("\u{feff}{}", unparse(&cells)))?;
        self.note(file, "line 3: the status `Pondering`", "1 row rejected: not a status that is known");
        self.note(file, "line 4: the article `TT-OLDLANTERN`, which no alias maps", "check_order_unmapped finds it");
        Ok(())
    }

    /// Two fees that are equal to the byte, both real.
    fn twin_fees(&mut self) -> Result<()> {
        let file = self.files("amazon", "settlement_")?.remove(2);
        let text = self.read(&file)?;
        let number = text.lines().nth(1).and_then(|line| line.split('\t').next()).unwrap_or_default().to_owned();
        let day = "2025-10-12";
        let row = format!(
            "{number}\t\t\t\t\tUSD\tServiceFee\t\t\t\t\tAmazon.com\tother-transaction\tLowInventoryLevelFee\t-12.60\t\t{day}\t{day} 04:12:00 UTC\t\t\t\t\t\t\n"
        );
        self.write(&file, &settled(&(text + &row + &row)))?;
        self.note(&file, "two rows that are equal to the byte", "both are fees: the file's total holds them both");
        Ok(())
    }

    /// An order that Amazon never settled.
    fn unsettled_order(&mut self) -> Result<()> {
        let file = self.files("amazon", "settlement_")?.remove(4);
        let text = self.read(&file)?;
        let order = text
            .lines()
            .skip(40)
            .find_map(|line| {
                let cells: Vec<&str> = line.split('\t').collect();
                (cells.get(6) == Some(&"Order")).then(|| cells[7].to_owned())
            })
            .unwrap_or_default();
        let kept: String = text.lines().filter(|line| !line.contains(&order)).flat_map(|line| [line, "\n"]).collect();
        self.write(&file, &settled(&kept))?;
        let what = format!("order {order} is left out");
        self.note(&file, what, "the order is in unmatched.csv; its fees are estimated");
        Ok(())
    }

    /// A settlement of another country: decimal commas, dotted dates, euros.
    fn german_settlement(&mut self) -> Result<()> {
        let file = "amazon/settlement_de_19482314502.txt";
        let sku = parse(&self.read("truth/products.csv")?)[1][0].clone();
        let listed = format!("{sku}-FBA");
        let head = "19482314502\t02.02.2026 07:49:55 UTC\t16.02.2026 07:49:55 UTC\t18.02.2026 07:49:55 UTC\t22,69\tEUR";
        let mut text = format!("{}\n{head}{}\n", SETTLEMENT.join("\t"), "\t".repeat(18));
        let rows = [
            ("ItemPrice", "Principal", "33,80"),
            ("ItemFees", "Commission", "-5,07"),
            ("ItemFees", "FBAPerUnitFulfillmentFee", "-6,04"),
        ];
        for (group, what, amount) in rows {
            let _ = writeln!(
                text,
                "19482314502\t\t\t\t\tEUR\tOrder\t302-4411870-1190022\t\t\tDx0000001\tAmazon.de\t{group}\t{what}\t{amount}\tAFN\t05.02.2026\t05.02.2026 08:14:22 UTC\t55182930114\t\t\t{listed}\t2\t"
            );
        }
        self.write(file, &text)?;
        self.note(
            file,
            "a settlement in euros with decimal commas, of an order that no export has",
            "22,69 is 22.69 EUR; converted at the day's rate; the order is in unmatched.csv",
        );
        Ok(())
    }

    fn unmapped_listing(&mut self) -> Result<()> {
        let file = self.last_file("amazon", "All_Listings_Report_")?;
        let last = self.read(&file)?.lines().last().unwrap_or_default().to_owned();
        let mut cells: Vec<&str> = last.split('\t').collect();
        for (place, text) in [(0, "Harbor & Hearth Lantern, Brass"), (2, "0700LANTERN"), (3, "OLD-LANTERN-FBA")] {
            cells[place] = text;
        }
        self.append(&file, &(cells.join("\t") + "\n"))?;
        self.note(&file, "the last row: `OLD-LANTERN-FBA`, which no alias maps", "listed as mapped to no product");
        Ok(())
    }

    fn odd_returns(&mut self) -> Result<()> {
        let file = "amazon/fba_customer_returns.csv";
        let rows = parse(&self.read(file)?);
        let Some(last) = rows.last() else { return Ok(()) };
        let mut orphan = last.clone();
        orphan[1] = "113-0000000-0000000".to_owned();
        orphan[8] = "DEFECTIVE".to_owned();
        orphan[11] = "LPNRR000000001".to_owned();
        let mut too_many = last.clone();
        too_many[6] = "9".to_owned();
        too_many[8] = "DEFECTIVE".to_owned();
        too_many[11] = "LPNRR000000002".to_owned();
        self.append(file, &unparse(&[orphan, too_many]))?;
        self.note(
            file,
            "the last row but one: a return of an order that no export has",
            "check_refund_orphan finds it",
        );
        self.note(file, "the last row: nine units of an order with fewer", "check_refund_exceeds_sale finds it");
        Ok(())
    }

    fn missing_cost(&mut self) -> Result<()> {
        let products = parse(&self.read("truth/products.csv")?);
        let slow = products.iter().rev().find(|row| row[3] == "slow").map_or("", |row| &row[0]);
        let text = self.read("truth/costs.csv")?;
        let start = format!("{slow},");
        let mut is_first = true;
        let mut changed = String::new();
        for line in text.lines() {
            let mut cells: Vec<&str> = line.split(',').collect();
            if line.starts_with(&start) && std::mem::take(&mut is_first) {
                cells[1] = "2025-10-01";
            }
            changed.push_str(&cells.join(","));
            changed.push('\n');
        }
        self.write("truth/costs.csv", &changed)?;
        let what = format!("`{slow}` has no cost before 2025-10-01");
        self.note(
            "truth/costs.csv",
            what,
            "a warning; what it contributed until then is unknown, never its whole price",
        );
        Ok(())
    }

    fn unsigned_override(&mut self) -> Result<()> {
        let sku = parse(&self.read("truth/products.csv")?)[2][0].clone();
        let file = "truth/overrides.csv";
        self.append(file, &format!("O9001,2026-02-11T15:20:00Z,shopify,{sku},price,31.00,,\n"))?;
        self.note(file, "the last row: a price changed by nobody for no reason", "check_override_unsigned finds it");
        Ok(())
    }

    /// A return that was booked again, and the unit that a count then did not find.
    fn restocked_twice(&mut self) -> Result<()> {
        let file = self.files("truth", "stock_movements_")?.remove(2);
        let movements = parse(&self.read(&file)?);
        let Some(returned) = movements.iter().find(|row| row[4] == "return" && !row[6].is_empty()) else {
            return Ok(());
        };
        let mut again = returned.clone();
        again[0] = "M9000001".to_owned();
        let mut missing = returned.clone();
        let count = format!("-{}", returned[5]);
        for (place, text) in
            [(0, "M9000002"), (4, "adjustment"), (5, count.as_str()), (6, ""), (7, "warehouse"), (8, "not found")]
        {
            missing[place] = text.to_owned();
        }
        let what =
            format!("the last two rows: the return of order {} once more, and the unit that is not there", returned[6]);
        self.append(&file, &unparse(&[again, missing]))?;
        self.note(&file, what, "check_stock_return_exceeds_shipment finds it");
        Ok(())
    }
}

/// True where the order of `row` goes on behind `rows`, so that it would be cut.
fn cells_follow(row: &[String], all: &Cells, name: usize, rows: &Cells) -> bool {
    let of_order = |cells: &Cells| cells.iter().filter(|other| other[name] == row[name]).count();
    of_order(all) != of_order(rows)
}

/// A row that is an order of its own and holds no comma.
fn single(rows: &[Vec<String>], name: usize) -> Vec<String> {
    let alone = |row: &&Vec<String>| rows.iter().filter(|other| other[name] == row[name]).count() == 1;
    let plain = |row: &&Vec<String>| row.iter().all(|cell| !cell.contains(','));
    rows.iter().filter(alone).find(plain).or(rows.first()).cloned().unwrap_or_default()
}

/// The settlement with the total of its rows.
fn settled(text: &str) -> String {
    let cents = |cell: &str| cell.replace('.', "").parse::<i64>().unwrap_or(0);
    let total: i64 = text.lines().skip(2).filter_map(|line| line.split('\t').nth(14)).map(cents).sum();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if let Some(summary) = lines.get_mut(1) {
        let mut cells: Vec<&str> = summary.split('\t').collect();
        let mut amount = String::new();
        push_cents(&mut amount, total, '.');
        cells[4] = &amount;
        *summary = cells.join("\t");
    }
    lines.join("\n") + "\n"
}

fn parse(text: &str) -> Cells {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().filter_map(Result::ok).map(|row| row.iter().map(str::to_owned).collect()).collect()
}

fn unparse(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            if cell.contains([',', '"', '\n']) {
                let _ = write!(text, "\"{}\"", cell.replace('"', "\"\""));
            } else {
                text.push_str(cell);
            }
        }
        text.push('\n');
    }
    text
}
