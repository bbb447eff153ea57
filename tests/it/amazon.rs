//! What Amazon's and Walmart's exports mean, by what becomes of them: tax inside prices, gift wrap,
//! goods given away, movements of the balance, amounts by their names.

use crate::project::{Project, has, stderr};

/// A project whose channel has these exports, after a run.
struct Night {
    project: Project,
    told: String,
}

impl Night {
    fn of(kind: &str, currency: &str, exports: &[(&str, &str)]) -> Self {
        let settings = format!(
            "[shop]\ncurrency = \"{currency}\"\ntime-zone = \"UTC\"\nas-of = 2026-03-31\n\n[channel.{kind}]\nkind = \"{kind}\"\n"
        );
        let costs =
            format!("sku,from,unit_cost,currency\nLAMP,2025-01-01,7.00,{currency}\nBOOK,2025-01-01,2.00,{currency}\n");
        let named: Vec<(String, &str)> = exports.iter().map(|(name, text)| (format!("{kind}/{name}"), *text)).collect();
        let mut files: Vec<(&str, &str)> = named.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        files.push(("truth/costs.csv", &costs));
        let project = Project::of(&settings, &files);
        let told = stderr(&project.trueup(&["run"]));
        Self { project, told }
    }

    fn amazon(currency: &str, exports: &[(&str, &str)]) -> Self {
        Self::of("amazon", currency, exports)
    }

    /// A column of a report, added up.
    fn sum(&self, sheet: &str, column: &str) -> String {
        let text = std::fs::read_to_string(self.project.path("reports").join(sheet)).unwrap();
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let place = rows.headers().unwrap().iter().position(|name| name == column).expect("the sheet has the column");
        let cells = rows.records().map(|row| row.unwrap()[place].parse::<trueup::types::Money>().expect("it is known"));
        cells.sum::<trueup::types::Money>().to_string()
    }

    /// Lines of the statement, all months together.
    #[track_caller]
    fn earned(&self, lines: &[(&str, &str)]) {
        for (line, expected) in lines {
            assert_eq!(self.sum("pnl_by_channel.csv", line), *expected, "{line}\n{}", self.told);
        }
    }
}

/// All Orders of these rows; a row is marketplace, status, SKU, units, and the columns that follow.
fn orders(rows: &[&str]) -> String {
    let head = "amazon-order-id\torder-status\tpurchase-date\tsales-channel\tsku\tquantity\tcurrency\titem-price\titem-tax\t\
        shipping-price\tshipping-tax\tgift-wrap-price\tgift-wrap-tax\titem-promotion-discount\tship-promotion-discount\t\
        promotion-ids\tis-replacement-order";
    let rows = rows.iter().map(|row| row.split('|').map(str::trim).collect::<Vec<_>>().join("\t"));
    [head.to_owned()].into_iter().chain(rows).collect::<Vec<_>>().join("\n") + "\n"
}

/// The flat file V2 of these rows: transaction, order, group, description, amount, SKU, units.
fn settlement(marketplace: &str, currency: &str, total: &str, rows: &[&str]) -> String {
    let head = "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\t\
        transaction-type\torder-id\tmarketplace-name\tamount-type\tamount-description\tamount\tposted-date-time\tsku\tquantity-purchased";
    let mut lines = vec![head.to_owned()];
    lines.push(format!(
        "31\t2026-03-01 00:00:00 UTC\t2026-03-15 00:00:00 UTC\t2026-03-17 00:00:00 UTC\t{total}\t{currency}\t\t\t\t\t\t\t\t\t"
    ));
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [transaction, order, group, what, amount, sku, units] = cells[..] else {
            panic!("a row has seven cells: {row}")
        };
        lines.push(format!(
            "31\t\t\t\t\t\t{transaction}\t{order}\t{marketplace}\t{group}\t{what}\t{amount}\t2026-03-09 12:00:00 UTC\t{sku}\t{units}"
        ));
    }
    lines.join("\n") + "\n"
}

#[test]
fn british_prices_lose_their_tax_and_so_do_discounts() {
    let text = orders(&[
        "026-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.co.uk | LAMP | 1 | GBP | 60.00 | 10.00 | 4.80 | 0.80 | 3.60 | 0.60 | 12.00 | 2.40 | | ",
    ]);
    let night = Night::amazon("GBP", &[("orders.txt", &text)]);
    // 50.00 less 10.00 and 2.00; 4.00 and 3.00 for sending and wrapping
    night.earned(&[
        ("gross_sales", "50.00"),
        ("discounts", "12.00"),
        ("shipping_charged", "7.00"),
        ("contribution", "38.00"),
    ]);
}

/// 96.00 less 24.00 hold 12.00 at 20 %, which is that of what was paid; of 2-2 the tax is that of its price; 2-3 is too
/// small to tell, and is as most are: 5.00 less 1.00 with 0.67.
#[test]
fn the_rate_tells_whether_a_tax_is_that_of_the_price_or_of_what_was_paid() {
    let row = |order: &str, price: &str, tax: &str, off: &str| {
        format!(
            "{order} | Shipped | 2026-03-02T10:00:00Z | Amazon.co.uk | LAMP | 1 | GBP | {price} | {tax} | | | | | {off} | | | "
        )
    };
    let of = |rows: &[String]| {
        let text = orders(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        Night::amazon("GBP", &[("orders.txt", &text)])
    };
    let [paid, priced, small] = [
        row("2-1", "96.00", "12.00", "24.00"),
        row("2-2", "96.00", "16.00", "24.00"),
        row("2-3", "5.00", "0.67", "1.00"),
    ];
    let most = [paid.clone(), row("2-4", "120.00", "15.00", "30.00"), priced, small.clone()];
    // 80.00 less 20.00, 100.00 less 25.00, 80.00 less 20.00, 4.16 less 0.83
    let night = of(&most);
    night.earned(&[("gross_sales", "264.16"), ("discounts", "65.83"), ("net_sales", "198.33")]);
    assert!(!night.told.contains("worked out before the discount"), "{}", night.told);
    let alone = of(&[small]);
    alone.earned(&[("net_sales", "3.46")]);
    let open = "1 discounted price has a tax of which nothing tells whether it is worked out before the discount: taken so, and \
        if it is not, net sales are less by 0.13 GBP";
    has(&alone.told, &[open]);
}

/// Both come to 72.00 with tax; the settlement tells that 60.00 of it are the seller's.
#[test]
fn a_sale_is_held_against_its_settlement_without_tax_too() {
    let sold = orders(&[
        "2-9 | Shipped | 2026-03-02T10:00:00Z | Amazon.co.uk | LAMP | 1 | GBP | 72.00 | 9.00 | | | | | | | | ",
        "2-8 | Shipped | 2026-03-02T10:00:00Z | Amazon.co.uk | LAMP | 1 | GBP | 72.00 | 12.00 | | | | | | | | ",
    ]);
    let line = |order: &str| {
        [("Principal", "60.00"), ("Tax", "12.00")]
            .map(|(what, amount)| format!("Order | {order} | ItemPrice | {what} | {amount} | LAMP | 1"))
    };
    let lines = [line("2-9"), line("2-8")].concat();
    let paid = settlement("Amazon.co.uk", "GBP", "144.00", &lines.iter().map(String::as_str).collect::<Vec<_>>());
    let night = Night::amazon("GBP", &[("orders.txt", &sold), ("settlement.txt", &paid)]);
    has(&night.told, &["order `2-9` of `amazon` was settled with 60.00 without its tax and its lines come to 63.00"]);
    assert_eq!(night.sum("order_differences.csv", "difference"), "-3.00");
}

/// What the lake has of each order after an ingest, by its number: a column.
fn taken_in(text: &str, column: &str) -> Vec<String> {
    let settings = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"UTC\"\n\n[channel.amazon]\n";
    let query =
        format!("select l.order_id as order_id, l.{column} as {column} from order_lines as l order by order_id\n");
    let project = Project::of(settings, &[("amazon/orders.txt", text)]);
    std::fs::write(project.path("asked.sql"), query).unwrap();
    assert!(project.trueup(&["ingest"]).status.success());
    let answer = String::from_utf8(project.trueup(&["query", "asked.sql"]).stdout).unwrap();
    answer.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn the_marketplace_tells_whether_prices_hold_their_tax() {
    let text = orders(&[
        "1-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.co.jp | LAMP | 2 | JPY | 1100.00 | 100.00 | | | | | | | | ",
        "1-2 | Shipped | 2026-03-02T10:00:00Z | Amazon.com.au | LAMP | 2 | | 1100.00 | 100.00 | | | | | | | | ",
        "1-3 | Shipped | 2026-03-02T10:00:00Z | SI PL Prod Marketplace | LAMP | 2 | PLN | 1100.00 | 100.00 | | | | | | | | ",
        "1-4 | Shipped | 2026-03-02T10:00:00Z | Amazon.ca | LAMP | 2 | CAD | 1100.00 | 100.00 | | | | | | | | ",
    ]);
    assert_eq!(taken_in(&text, "gross"), ["1-1,1000.00", "1-2,1000.00", "1-3,1000.00", "1-4,1100.00"]);
    assert_eq!(taken_in(&text, "currency"), ["1-1,JPY", "1-2,AUD", "1-3,PLN", "1-4,CAD"]);
}

#[test]
fn a_price_whose_tax_no_column_tells_stays_whole_with_its_tax_unknown() {
    let text = orders(&[
        "302-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.de | LAMP | 1 | EUR | 23.80 | | 4.76 | 0.00 | | | | | | ",
        "302-2 | Shipped | 2026-03-02T10:00:00Z | Amazon.de | LAMP | 1 | EUR | 23.80 | 0.00 | | | | | | | | ",
    ]);
    assert_eq!(taken_in(&text, "gross"), ["302-1,23.80", "302-2,23.80"]);
    assert_eq!(taken_in(&text, "tax"), ["302-1,", "302-2,0.00"]);
}

#[test]
fn the_price_without_tax_is_taken_where_the_export_has_it() {
    let text =
        orders(&["302-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.de | LAMP | 1 | EUR | 23.80 | | | | | | | | | "])
            .replace("is-replacement-order", "vat-exclusive-item-price")
            .replace("\t\n", "\t20.00\n");
    assert_eq!(taken_in(&text, "gross"), ["302-1,20.00"]);
    assert_eq!(taken_in(&text, "tax"), ["302-1,3.80"]);
}

/// A book at 7 % and a lamp at 19 %; the book comes back. Told apart, the goods are the book's; told
/// with its tax, the order's own share of tax is taken off.
#[test]
fn a_refund_holds_its_tax_unless_the_settlement_tells_it() {
    let sold = orders(&[
        "302-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.de | BOOK | 1 | EUR | 107.00 | 7.00 | | | | | | | | ",
        "302-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.de | LAMP | 1 | EUR | 119.00 | 19.00 | | | | | | | | ",
        "302-2 | Shipped | 2026-03-02T10:00:00Z | Amazon.de | LAMP | 1 | EUR | 119.00 | 19.00 | | | | | | | | ",
    ]);
    let refunds = settlement(
        "Amazon.de",
        "EUR",
        "-226.00",
        &[
            "Refund | 302-1 | ItemPrice | Principal | -100.00 | BOOK | ",
            "Refund | 302-1 | ItemPrice | Tax | -7.00 | BOOK | ",
            "Refund | 302-2 | ItemPrice | Principal | -119.00 | LAMP | ",
        ],
    );
    let night = Night::amazon("EUR", &[("orders.txt", &sold), ("settlement.txt", &refunds)]);
    night.earned(&[("gross_sales", "300.00"), ("refunds", "200.00")]);
}

#[test]
fn the_report_of_transactions_tells_refunds_with_and_without_their_tax() {
    let sold = orders(&[
        "026-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.co.uk | LAMP | 1 | GBP | 36.00 | 6.00 | | | | | | | | ",
        "026-2 | Shipped | 2026-03-02T10:00:00Z | Amazon.co.uk | LAMP | 1 | GBP | 36.00 | 6.00 | | | | | | | | ",
    ]);
    let report = "\"date/time\",\"settlement id\",\"type\",\"order id\",\"sku\",\"description\",\"quantity\",\"marketplace\",\"product sales\",\
        \"product sales tax\",\"selling fees\",\"fba fees\",\"other transaction fees\",\"other\",\"total\"\n\
        \"9 Mar 2026 12:00:00 UTC\",\"61\",\"Refund\",\"026-1\",\"LAMP\",\"Lamp\",\"1\",\"amazon.co.uk\",\"-30.00\",\"-6.00\",\"0\",\"0\",\"0\",\"0\",\"-36.00\"\n\
        \"9 Mar 2026 12:00:00 UTC\",\"61\",\"Refund\",\"026-2\",\"LAMP\",\"Lamp\",\"1\",\"amazon.co.uk\",\"-36.00\",\"0\",\"0\",\"0\",\"0\",\"0\",\"-36.00\"\n\
        \"9 Mar 2026 12:00:00 UTC\",\"61\",\"Liquidations\",\"S02-1\",\"LAMP\",\"Lamp\",\"4\",\"amazon.co.uk\",\"11.00\",\"0\",\"0\",\"0\",\"0\",\"0\",\"11.00\"\n\
        \"9 Mar 2026 12:00:00 UTC\",\"61\",\"FBA Inventory Fee\",\"\",\"\",\"FBA Inventory Storage Fee\",\"\",\"amazon.co.uk\",\"0\",\"0\",\"0\",\"-2.50\",\"0\",\"0\",\"-2.50\"\n\
        \"9 Mar 2026 12:00:00 UTC\",\"61\",\"Debt\",\"\",\"\",\"Charge to credit card\",\"\",\"amazon.co.uk\",\"0\",\"0\",\"0\",\"0\",\"0\",\"72.00\",\"72.00\"\n";
    let night = Night::amazon("GBP", &[("orders.txt", &sold), ("transactions.csv", report)]);
    night.earned(&[
        ("gross_sales", "60.00"),
        ("refunds", "60.00"),
        ("other_income", "11.00"),
        ("storage_fees", "2.50"),
        ("fulfilment_fees", "0.00"),
        ("other_fees", "0.00"),
    ]);
}

#[test]
fn what_is_given_away_costs_and_is_no_demand() {
    let text = orders(&[
        "111-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.com | LAMP | 1 | USD | 4.00 | | 5.99 | | | | | 5.99 | US Core Free Shipping | ",
        "111-2 | Shipped | 2026-03-03T10:00:00Z | Amazon.com | LAMP | 2 | | | | | | | | | | | true",
        "111-3 | Shipped | 2026-03-04T10:00:00Z | Amazon.com | LAMP | 1 | USD | 4.00 | | | | | | 4.00 | | vine.enrollment.1 | ",
        "111-4 | Pending | 2026-03-05T10:00:00Z | Amazon.com | LAMP | 3 | USD | 12.00 | | | | | | | | | ",
        "111-5 | PendingAvailability | 2026-03-05T10:00:00Z | Amazon.com | LAMP | 3 | | | | | | | | | | | ",
    ]);
    let night = Night::amazon("USD", &[("orders.txt", &text)]);
    // The first is a sale though its shipping is taken off; nobody has paid for the last two.
    night.earned(&[("gross_sales", "8.00"), ("discounts", "9.99"), ("cost_of_goods", "28.00")]);
    assert_eq!(night.sum("demand_daily.csv", "units"), "1.00");
}

#[test]
fn balances_move_money_and_earn_nothing() {
    let paid = settlement(
        "Amazon.com",
        "USD",
        "33.00",
        &[
            "other-transaction | | other-transaction | Payable to Amazon | -41.00 | | ",
            "other-transaction | | other-transaction | Successful charge | 41.00 | | ",
            "other-transaction | | other-transaction | Transfer of funds unsuccessful: the account is closed | 90.00 | | ",
            "Debt Adjustment | | Debt Adjustment | Cross-Account Debt Adjustment against MX | -17.00 | | ",
            "other-transaction | | other-transaction | Current Reserve Amount | -40.00 | | ",
        ],
    );
    let sold =
        orders(&["111-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.com | LAMP | 1 | USD | 30.00 | | | | | | | | | "]);
    let night = Night::amazon("USD", &[("orders.txt", &sold), ("settlement.txt", &paid)]);
    night.earned(&[("other_fees", "0.00"), ("contribution", "23.00")]);
    assert_eq!(night.sum("settlements.csv", "difference"), "0.00");
}

#[test]
fn amounts_stand_where_their_names_say_and_unknown_names_are_told() {
    let paid = settlement(
        "Amazon.com",
        "USD",
        "-63.00",
        &[
            "FBAFees | | FBA Long Term Storage Fee | Tax on fee | -1.00 | | ",
            "FBAFees | | FBA Removal Order: Disposal Fee | Base fee | -2.00 | | ",
            "FBAFees | | FBA Inbound Placement Service Fee | Base fee | -4.00 | | ",
            "ServiceFee | | Cost of Advertising | TransactionTotalAmount | -8.00 | | ",
            "AmazonFees | | Coupon Participation Fee | Base fee | -16.00 | | ",
            "other-transaction | | FBA Inventory Reimbursement | MISSING_FROM_INBOUND_CLAWBACK | -3.00 | LAMP | 1",
            "AmazonFees | | Moonlight Programme | Base fee | -20.00 | | ",
            "FBAFees | | Frosty storage surcharge | Base fee | -9.00 | | ",
        ],
    );
    let night = Night::amazon("USD", &[("settlement.txt", &paid)]);
    night.earned(&[
        ("storage_fees", "10.00"),
        ("return_costs", "2.00"),
        ("fulfilment_fees", "4.00"),
        ("advertising", "8.00"),
        ("other_fees", "36.00"),
        ("reimbursements", "-3.00"),
    ]);
    has(&night.told, &["`amazon` settled -20.00 USD as `AmazonFees / Moonlight Programme / Base fee`: no table knows"]);
    has(
        &night.told,
        &["-9.00 USD as `FBAFees / Frosty storage surcharge / Base fee`: only a word", "counts as `storage_fee`"],
    );
    assert!(!night.told.contains("Coupon"), "{}", night.told);
}

/// Wrapping is earned, and what the fulfiller keeps of it is its fee.
#[test]
fn gift_wrap_is_earned_and_its_chargeback_is_a_fee() {
    let sold = orders(&[
        "111-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.com | BOOK | 1 | USD | 12.00 | | | | 3.50 | | | | | ",
    ]);
    let paid = settlement(
        "Amazon.com",
        "USD",
        "10.20",
        &[
            "Order | 111-1 | ItemPrice | Principal | 12.00 | BOOK | 1",
            "Order | 111-1 | ItemPrice | GiftWrap | 3.50 | BOOK | ",
            "Order | 111-1 | ItemFees | GiftwrapChargeback | -3.50 | BOOK | ",
            "Order | 111-1 | ItemFees | Commission | -1.80 | BOOK | ",
        ],
    );
    let night = Night::amazon("USD", &[("orders.txt", &sold), ("settlement.txt", &paid)]);
    night.earned(&[
        ("gross_sales", "12.00"),
        ("shipping_charged", "3.50"),
        ("fulfilment_fees", "3.50"),
        ("contribution", "8.20"),
    ]);
    assert_eq!(night.sum("settlements.csv", "difference"), "0.00");
}

/// What a liquidator pays is income without an order; tax charged again on one is nobody's income.
#[test]
fn liquidations_are_income_and_retrocharges_are_none() {
    let sold =
        orders(&["111-1 | Shipped | 2026-03-02T10:00:00Z | Amazon.com | BOOK | 1 | USD | 15.00 | | | | | | | | | "]);
    let paid = settlement(
        "Amazon.com",
        "USD",
        "23.90",
        &[
            "Order | 111-1 | ItemPrice | Principal | 15.00 | BOOK | 1",
            "Liquidations | S02-7 | ItemPrice | Principal | 14.20 | LAMP | 6",
            "Liquidations | S02-7 | ItemFees | LiquidationsBrokerageFee | -5.30 | LAMP | 6",
            "Order_Retrocharge | 111-1 | ItemPrice | Tax | 1.05 | BOOK | ",
            "Order_Retrocharge | 111-1 | ItemWithheldTax | MarketplaceFacilitatorTax-Principal | -1.05 | BOOK | ",
            "Refund_Retrocharge | 111-1 | ItemPrice | ShippingTax | -0.40 | BOOK | ",
            "Refund_Retrocharge | 111-1 | ItemWithheldTax | MarketplaceFacilitatorTax-Shipping | 0.40 | BOOK | ",
        ],
    );
    let night = Night::amazon("USD", &[("orders.txt", &sold), ("settlement.txt", &paid)]);
    night.earned(&[("gross_sales", "15.00"), ("refunds", "0.00"), ("other_income", "14.20"), ("other_fees", "5.30")]);
    assert_eq!(night.sum("settlements.csv", "difference"), "0.00");
}

/// The oldest settlement begins before the oldest orders: what it tells whole is taken, and what it tells
/// in part leaves with its fees.
#[test]
fn an_order_of_before_the_first_download_is_taken_whole_or_left_out() {
    let sold =
        orders(&["111-1 | Shipped | 2026-03-05T10:00:00Z | Amazon.com | BOOK | 1 | USD | 15.00 | | | | | | | | | "]);
    let paid = settlement(
        "Amazon.com",
        "USD",
        "69.60",
        &[
            "Order | 111-1 | ItemPrice | Principal | 15.00 | BOOK | 1",
            "Order | 110-8 | ItemPrice | Principal | 90.00 | LAMP | 3",
            "Order | 110-8 | ItemFees | Commission | -13.50 | LAMP | ",
            "Order | 110-8 | ItemFees | FBAPerUnitFulfillmentFee | -9.90 | LAMP | ",
            "Order | 110-9 | ItemFees | Commission | -12.00 | LAMP | ",
        ],
    );
    let night = Night::amazon("USD", &[("orders.txt", &sold), ("settlement.txt", &paid)]);
    // 15.00 − 2.00, and 90.00 − 23.40 − 3 × 7.00
    night.earned(&[("gross_sales", "105.00"), ("referral_fees", "13.50"), ("contribution", "58.60")]);
    has(&night.told, &["1 order of `amazon` in no export of orders: taken whole", "left out whole"]);
}

#[test]
fn walmart_reserves_move_money_and_what_it_funds_is_earned() {
    let head = "Period Start Date,Period End Date,Total Payable,Currency,Transaction Key,Transaction Posted Timestamp,\
        Transaction Type,Transaction Description,Customer Order #,Amount,Amount Type,Ship Qty,Partner Item Id\n";
    let rows = "03/01/2026,03/14/2026,14.50,USD,,03/14/2026,PaymentSummary,,,,,,\n\
        ,,,,1,03/05/2026,Sale,Purchase,2001,18.00,Product Price,1,LAMP\n\
        ,,,,1,03/05/2026,Sale,Purchase,2001,2.00,Total Walmart Funded Savings,1,LAMP\n\
        ,,,,1,03/05/2026,Sale,Purchase,2001,-3.00,Commission on Product,1,LAMP\n\
        ,,,,2,03/06/2026,Adjustment,WFS Fulfillment fee,2001,-1.50,WFS Fee/Reimbursement,,LAMP\n\
        ,,,,3,03/07/2026,Reserve,Funds withheld to cover future refunds,,-6.00,,,\n\
        ,,,,4,03/08/2026,Release Reserve,Reserve credited back,,5.00,,,\n\
        ,,,,5,03/09/2026,Other,WFS Moonlight,,0.50,WFS Fee/Reimbursement,,\n\
        ,,,,6,03/09/2026,Campaigns,SEM Marketing,2001,-0.50,SEM Marketing Fee,,LAMP\n";
    let sold = "PO#,Order#,Order Date,Line#,Status,Item Description,Qty,SKU,Item Cost,Shipping Cost,Tax,Replacement Order\n\
        901,2001,2026-03-04,1,Delivered,Lamp,1,LAMP,18.00,0.00,1.40,No\n\
        902,2002,2026-03-20,1,Shipped,Lamp,1,LAMP,18.00,0.00,0.00,Yes\n\
        903,2003,2026-03-21,1,Shipped,Lamp,1,LAMP,,,,Yes\n";
    let night = Night::of("walmart", "USD", &[("orders.csv", sold), ("recon.csv", &[head, rows].concat())]);
    night.earned(&[
        ("net_sales", "18.00"),
        ("referral_fees", "3.00"),
        ("fulfilment_fees", "1.50"),
        ("advertising", "0.50"),
        ("reimbursements", "2.00"),
        ("cost_of_goods", "21.00"),
        ("other_fees", "-0.50"),
    ]);
    assert_eq!(night.sum("demand_daily.csv", "units"), "1.00");
    has(&night.told, &["`walmart` settled 0.50 USD as `Other / WFS Fee/Reimbursement / WFS Moonlight`"]);
}
