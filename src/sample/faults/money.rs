//! Mistakes about money: settlements, orders and costs that do not meet.

use std::fmt::Write;

use super::{Shop, parse};
use crate::error::Result;
use crate::sample::settlement::SETTLEMENT;
use crate::sample::sheet::push_cents;

impl Shop {
    /// Two fees that are equal to the byte, both real.
    pub(super) fn twin_fees(&mut self) -> Result<()> {
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
    pub(super) fn unsettled_order(&mut self) -> Result<()> {
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
    pub(super) fn german_settlement(&mut self) -> Result<()> {
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

    pub(super) fn missing_cost(&mut self) -> Result<()> {
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
