//! Files and rows that cannot be read as they stand, or that are read already.

use super::{Cells, Shop, parse, unparse};
use crate::error::Result;

impl Shop {
    /// Three rows that somebody typed into a spreadsheet.
    pub(super) fn spreadsheet_orders(&mut self) -> Result<()> {
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
    pub(super) fn older_download(&mut self) -> Result<()> {
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

    pub(super) fn renamed_copy(&mut self) -> Result<()> {
        let text = self.read("shopify/payment_transactions_export_1.csv")?;
        let file = "shopify/payment_transactions_export_1 (1).csv";
        self.write(file, &text)?;
        self.note(file, "the same bytes under another name", "skipped: already read");
        Ok(())
    }

    pub(super) fn unknown_file(&mut self) -> Result<()> {
        let file = "misc/notes.csv";
        self.write(file, "who,what\ndana,call the candle supplier\n")?;
        self.note(file, "not an export", "ignored: no export has these headers");
        Ok(())
    }

    /// An order in a state that nobody knows, and one of an article that nobody knows.
    pub(super) fn tiktok_rows(&mut self) -> Result<()> {
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
