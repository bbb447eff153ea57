//! Mistakes about articles: numbers, returns and corrections that do not meet.

use super::{Shop, parse, unparse};
use crate::error::Result;

impl Shop {
    pub(super) fn unmapped_listing(&mut self) -> Result<()> {
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

    pub(super) fn odd_returns(&mut self) -> Result<()> {
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

    pub(super) fn unsigned_override(&mut self) -> Result<()> {
        let sku = parse(&self.read("truth/products.csv")?)[2][0].clone();
        let file = "truth/overrides.csv";
        self.append(file, &format!("O9001,2026-02-11T15:20:00Z,shopify,{sku},price,31.00,,\n"))?;
        self.note(file, "the last row: a price changed by nobody for no reason", "check_override_unsigned finds it");
        Ok(())
    }

    /// A return that was booked again, and the unit that a count then did not find.
    pub(super) fn restocked_twice(&mut self) -> Result<()> {
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
