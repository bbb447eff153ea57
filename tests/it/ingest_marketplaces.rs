//! Exports of eBay, Etsy and Walmart: real files, control totals, what must not count twice.

use std::fs;

use trueup::config::{Settings, Shop};
use trueup::ingest;
use trueup::lake::Rows;
use trueup::types::{Currency, Money};

use crate::ingest::{Kept, corpus, golden_settings, goldens, project, read, replaced, same_rows, settings, written};
use crate::project::{Project, said};

/// What comes of real files: the export, records accepted and rejected, rows; or the refusal.
const REAL: &[(&str, &str)] = &[
    ("ebay/SYNTHETIC_orders", "ebay-orders 2+0 4"),
    ("ebay/SYNTHETIC_transaction", "ebay-transactions 7+0 12"),
    ("ebay/active_listings_BOM", "ebay-listings 1+0 2"),
    ("ebay/active_listings_variations", "ebay-listings 4+0 8"),
    ("ebay/orders_DE", "missing-column"),
    ("ebay/transactions_DE", "ebay-transactions 5+0 9"),
    ("etsy/EtsyDirect", "etsy-payments 0+0 0"),
    ("etsy/EtsyListings", "etsy-listings 93+0 186"),
    ("etsy/EtsySoldOrderItems", "etsy-items 2+0 2"),
    ("etsy/EtsySoldOrders", "etsy-orders 1+0 1"),
    ("etsy/etsy_statement_2025", "etsy-statement 28+0 28"),
    ("etsy/etsy_statement_fixture", "etsy-statement 13+1 13"),
    ("walmart/reconciliation", "control-total"),
    ("walmart/walmart_item_sales", "unknown-layout"),
    ("walmart/walmart_wfs", "walmart-inventory 3+0 3"),
];

#[test]
fn real_layouts_are_read() {
    let Some(corpus) = corpus() else { return };
    let samples = corpus.join("samples");
    for folder in ["ebay", "etsy", "walmart"] {
        for entry in fs::read_dir(samples.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&samples).unwrap().to_string_lossy().into_owned();
            let told = match read(&path, &settings(&corpus)).0 {
                Ok(receipt) => {
                    let rows: u64 = receipt.rows.values().sum();
                    format!("{} {}+{} {rows}", receipt.export, receipt.accepted, receipt.rejected)
                }
                Err(refusal) => refusal.code.to_owned(),
            };
            let expected = REAL.iter().filter(|(start, _)| name.starts_with(start)).map(|(_, told)| *told);
            assert_eq!(expected.collect::<Vec<_>>(), [told], "{name}");
        }
    }
}

fn golden(name: &str) -> String {
    String::from_utf8(fs::read(goldens().join(name)).unwrap()).unwrap()
}

/// What comes of a text under a golden's name.
fn read_text(name: &str, text: &str, settings: &Settings) -> (Result<u64, String>, Kept) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let (receipt, kept) = read(&path, settings);
    (receipt.map(|receipt| receipt.accepted).map_err(|refusal| format!("{}: {}", refusal.code, refusal.message)), kept)
}

fn amounts_of(kept: &Kept, table: &str, column: &str) -> Vec<Money> {
    let batches = kept.batches.get(table).into_iter().flatten();
    batches
        .flat_map(|batch| Rows::new(table, batch.clone()).money(column).unwrap().iter().flatten().collect::<Vec<_>>())
        .collect()
}

#[test]
fn joined_downloads_are_the_downloads() {
    let joined = golden("ebay_orders.csv");
    let (first, second) = joined.split_once("made_up_seller\n\u{feff}").unwrap();
    let first = format!("{first}made_up_seller\n");
    let orders = |files: &[(&str, &[u8])]| {
        let (_folder, settings, lake) = project(files);
        let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
        assert!(summary.refused.is_empty(), "{:?}", summary.refused);
        let rows = summary.snapshot.read("order_lines", None).unwrap();
        (0..rows.len())
            .map(|row| {
                let text = |column: &str| rows.text(column).unwrap().get(row).unwrap_or_default().to_owned();
                format!("{} {} {}", text("order_id"), text("line_id"), text("status"))
            })
            .collect::<Vec<_>>()
    };
    let one = orders(&[("ebay/a.csv", joined.as_bytes())]);
    assert_eq!(one, orders(&[("ebay/a.csv", first.as_bytes()), ("ebay/b.csv", second.as_bytes())]));
    assert_eq!(one.len(), 7);
}

#[test]
fn a_count_of_records_that_is_wrong_refuses_the_file() {
    let text = golden("ebay_orders.csv");
    for wrong in ["9,record(s)", "4,record(s)"] {
        let (told, _) = read_text("ebay_orders.csv", &text.replacen("8,record(s)", wrong, 1), &golden_settings());
        assert!(told.as_ref().is_err_and(|told| told.starts_with("control-total: the download states")), "{told:?}");
    }
}

#[test]
fn no_amount_of_a_settlement_can_be_changed() {
    let text = golden("walmart_settlement.txt");
    for amount in ["19.52", "-2.34", "1.61", "-1.61", "-8.23", "-9.99", "1.20", "12.00", "12.16"] {
        let (from, to) = (format!("\t{amount}\t"), format!("\t{amount}1\t"));
        assert!(text.contains(&from), "{amount}");
        let changed = text.replacen(&from, &to, 1).replace("\t12.161\t", "\t12.17\t");
        let (told, _) = read_text("walmart_settlement.txt", &changed, &golden_settings());
        assert!(told.as_ref().is_err_and(|told| told.starts_with("control-total")), "{amount}: {told:?}");
    }
}

#[test]
fn a_transaction_whose_fees_are_not_all_known_is_rejected_with_its_lines() {
    let text = golden("ebay_transactions.csv");
    let changed = text.replace("International fee", "Interplanetary fee").replacen("43.87", "43.86", 1);
    let (told, kept) = read_text("ebay_transactions.csv", &changed, &golden_settings());
    let before = read_text("ebay_transactions.csv", &text, &golden_settings());
    assert_eq!(told.unwrap() + 3, before.0.unwrap());
    assert_eq!(kept.rejects.len(), before.1.rejects.len() + 3);
    assert!(kept.rejects.iter().filter(|reject| reject.code == "control_total").count() >= 3);
}

#[test]
fn shipping_of_an_order_is_counted_once_whether_repeated_or_not() {
    same_rows("etsy_items.csv", |bytes| replaced(bytes, "$0.00,$0.00,$3.00", "$4.50,$0.62,$3.00"));
    let (_, kept) = read_text("etsy_items.csv", &golden("etsy_items.csv"), &golden_settings());
    let shipping: Money = amounts_of(&kept, "order_lines", "shipping_charged").into_iter().sum();
    assert_eq!(shipping, Money::from_cents(450 + 290 + 300 - 100));
}

#[test]
fn a_row_of_the_wide_report_is_worth_what_it_pays() {
    let (_, kept) = read_text("walmart_wide.csv", &golden("walmart_settlement_wide.csv"), &golden_settings());
    let sum: Money = amounts_of(&kept, "settlement_lines", "amount").into_iter().sum();
    assert_eq!(sum, Money::from_cents(2158 - 879 + 800));
}

#[test]
fn variations_are_not_counted_with_their_listing() {
    let path = goldens().join("ebay_listings_2026-02-28.csv");
    let kept = read(&path, &golden_settings()).1;
    let listed: i64 = kept.batches["channel_stock"]
        .iter()
        .flat_map(|batch| {
            Rows::new("stock", batch.clone()).integer("listed").unwrap().iter().flatten().collect::<Vec<_>>()
        })
        .sum();
    assert_eq!(listed, 3 + 4 + 5 + 1 + 2 + 1);
}

#[test]
fn two_fees_that_look_alike_stay_two_in_statements_that_overlap() {
    let text = golden("etsy_statement.csv");
    let (header, rest) = text.split_once('\n').unwrap();
    let shorter: Vec<&str> = rest.lines().take(7).collect();
    let files = [("etsy/a.csv", text.clone()), ("etsy/b.csv", format!("{header}\n{}\n", shorter.join("\n")))];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let (_folder, settings, lake) = project(&files);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!(summary.duplicate(), 7);
    let lines = summary.snapshot.read("settlement_lines", None).unwrap();
    let what: Vec<_> = lines.text("description").unwrap().iter().flatten().map(str::to_owned).collect();
    assert_eq!(what.iter().filter(|what| *what == "Listing fee").count(), 2);
}

#[test]
fn amounts_may_have_the_sign_of_the_shops_currency() {
    let shop = |currency: Currency| {
        let settings = golden_settings();
        Settings { shop: Shop { currency, ..settings.shop.clone() }, ..settings }
    };
    let text = golden("ebay_orders_de.csv");
    let rows = |text: &str| {
        let (told, kept) = read_text("ebay_orders_de.csv", text, &shop(Currency::EUR));
        // The sign says that the currency is not only assumed, and nothing else.
        (told, written(&kept.batches["order_lines"]).replace("currency_assumed=true", "currency_assumed=false"))
    };
    let signed = ["1.055,00", "4,90", "2.114,90", "31,00", "35,90"];
    let signed =
        signed.iter().fold(text.clone(), |text, amount| text.replace(&format!(";{amount};"), &format!(";{amount} €;")));
    assert_eq!(rows(&text), rows(&signed));
    assert_eq!(rows(&signed).0, Ok(2));
    // An order in another currency than the shop's keeps its own.
    let (told, kept) = read_text("ebay_orders_de.csv", &signed, &shop(Currency::USD));
    assert_eq!((told, written(&kept.batches["order_lines"])), rows(&signed));
}

#[test]
fn amounts_beyond_any_amount_are_rejected_and_end_nothing() {
    for (name, amounts) in [
        ("ebay_transactions.csv", &["51.2", "31", "10", "-4.94", "-2.09"][..]),
        ("etsy_statement.csv", &["$18.12"]),
        ("etsy_items.csv", &["$5.00"]),
        ("ebay_orders.csv", &["$1,031.00", "$20.40"]),
        ("walmart_settlement_wide.csv", &["24.51", "21.58", "19.52", "4.99", "2.93"]),
        ("walmart_orders.csv", &["30.00", "4.99"]),
    ] {
        let text = amounts.iter().fold(golden(name), |text, amount| {
            let sign = if amount.starts_with('-') { "-" } else { "" };
            text.replace(&format!(",{amount},"), &format!(",{sign}99999999999999,"))
                .replace(&format!("\"{amount}\""), &format!("\"{sign}99999999999999\""))
        });
        assert_ne!(text, golden(name), "{name}");
        let (told, kept) = read_text(name, &text, &golden_settings());
        let limit = Money::from_ten_thousandths(999_999_999_999_999_999);
        for (table, column) in [("settlement_lines", "amount"), ("refund_lines", "amount"), ("order_lines", "gross")] {
            assert!(told.is_err() || amounts_of(&kept, table, column).iter().all(|amount| amount.abs() <= limit));
        }
    }
}

/// Of an order on Etsy only the wrapping has no column: its price is what the total has beyond all others.
#[test]
fn etsys_gift_wrap_is_a_line_of_its_own() {
    let header = "Sale Date,Order ID,Number of Items,Payment Method,Date Shipped,Ship Country,Currency,Order Value,\
        Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,Adjusted Order Total\n";
    let orders = "02/03/26,51,1,Card,02/05/26,Germany,EUR,40.00,4.00,1.00,6.00,0,44.50,Completed,0\n\
        02/04/26,52,1,Card,,Germany,EUR,40.00,0,0,6.00,0,46.00,Completed,0\n";
    let items = "Sale Date,Item Name,Quantity,Price,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,\
        Item Total,Currency,Transaction ID,Date Paid,Date Shipped,Ship Country,Order ID,SKU\n\
        02/03/26,Mug,1,40.00,4.00,1.00,6.00,0,36.00,EUR,9,02/03/26,02/05/26,Germany,51,MUG\n";
    let settings = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Berlin\"\nas-of = 2026-03-31\n\n\
        [channel.etsy]\nprices-hold-tax = \"0%\"\n";
    let files = [("etsy/sold_orders.csv", format!("{header}{orders}")), ("etsy/items.csv", items.to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let project = Project::of(settings, &files);
    let told = said(&project.trueup(&["run"]));
    std::fs::write(project.path("asked.sql"), "select order_id, kind, gross, status from order_lines order by kind\n")
        .unwrap();
    let lines = String::from_utf8(project.trueup(&["query", "asked.sql"]).stdout).unwrap();
    assert_eq!(lines, "order_id,kind,gross,status\n51,article,40.00,shipped\n51,gift_wrap,3.50,shipped\n", "{told}");
    let differences = std::fs::read_to_string(project.path("reports/order_differences.csv")).unwrap();
    assert_eq!(differences.lines().count(), 1, "{differences}");
}

/// An order of which only the order's own row is there is told by its settlement, whatever its total has beyond
/// its parts; and what a discount explains was never paid for wrapping.
#[test]
fn etsys_gift_wrap_stands_beside_goods_alone() {
    let header = "Sale Date,Order ID,Number of Items,Payment Method,Date Shipped,Ship Country,Currency,Order Value,\
        Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,Adjusted Order Total\n";
    let orders = "02/03/26,61,1,Card,02/05/26,United States,USD,30.00,0,0,5.00,0,38.00,Completed,0\n\
        02/04/26,62,1,Card,,United States,USD,26.00,0,4.00,0,0,26.00,Completed,0\n\
        02/04/26,63,1,Card,,United States,USD,26.00,2.00,4.00,0,0,26.00,Completed,0\n";
    let statement = "Date,Type,Title,Info,Currency,Amount,Fees & Taxes,Net,Tax Details\n\
        \"February 7, 2026\",Sale,Payment for Order #61,,USD,$38.00,--,$38.00,--\n\
        \"February 7, 2026\",Fee,Processing fee,Order #61,USD,--,-$1.39,-$1.39,--\n";
    let items = "Sale Date,Item Name,Quantity,Price,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,\
        Item Total,Currency,Transaction ID,Date Paid,Date Shipped,Ship Country,Order ID,SKU\n\
        02/03/26,Mug,1,30.00,0,0,5.00,0,30.00,USD,8,02/03/26,02/05/26,United States,61,MUG\n";
    let settings = "[shop]\ncurrency = \"USD\"\ntime-zone = \"UTC\"\nas-of = 2026-02-28\n\n[channel.etsy]\n";
    let orders = format!("{header}{orders}");
    let alone = [("etsy/sold_orders.csv", orders.as_str()), ("etsy/statement.csv", statement)];
    let answer = |project: &Project, sql: &str| {
        std::fs::write(project.path("asked.sql"), sql).unwrap();
        String::from_utf8(project.trueup(&["query", "asked.sql"]).stdout).unwrap()
    };
    const WRAPS: &str = "select order_id, gross from order_lines where kind = 'gift_wrap' order by order_id\n";
    const UNKNOWN: &str = "select order_id, amount from fact_unknown_lines order by order_id, amount\n";
    const SOLD: &str = "select order_id, shipping_charged from fact_sales order by order_id, shipping_charged\n";

    let project = Project::of(settings, &alone);
    let told = said(&project.trueup(&["run"]));
    assert_eq!(answer(&project, WRAPS), "order_id,gross\n61,3.00\n");
    assert_eq!(answer(&project, SOLD), "order_id,shipping_charged\n");
    assert_eq!(answer(&project, UNKNOWN), "order_id,amount\n61,-1.39\n61,38.00\n");
    assert!(!told.contains("check_settlement_sold_twice"), "{told}");
    assert!(told.contains("1 order of `etsy` in no export of orders") && !told.contains("states"), "{told}");

    let with_goods = [alone[0], alone[1], ("etsy/items.csv", items)];
    let project = Project::of(settings, &with_goods);
    let told = said(&project.trueup(&["run"]));
    assert_eq!(answer(&project, SOLD), "order_id,shipping_charged\n61,3.00\n61,5.00\n", "{told}");
    assert_eq!(answer(&project, UNKNOWN), "order_id,amount\n");
}

/// A report with columns that no table knows, of which `amounts` are written under `headers`.
fn ebay_report(net: &str, headers: &str, amounts: &str) -> String {
    format!(
        "Datum der Transaktionserstellung;Typ;Bestellnummer;Auszahlung Nr.;Versandziel - Postleitzahl;Betrag abzügl. Kosten;\
         Zwischensumme Artikel;Fixer Anteil der Verkaufsprovision;Variabler Anteil der Verkaufsprovision;\
         Transaktionsbetrag (inkl. Kosten);{headers}\n\
         03.02.2026;Bestellung;23-00011-00011;P-7;10119;{net};80,00;-0,35;-8,00;80,00;{amounts}\n\
         15.02.2026;Bestellung;23-00012-00012;P-7;10119;71,65;80,00;-0,35;-8,00;80,00;--;--\n"
    )
}

#[test]
fn german_fees_for_bad_service_are_known() {
    let headers = "Gebühr für sehr hohe Quote an „nicht wie beschriebenen Artikeln“;\
                   Gebühr für unterdurchschnittlichen Servicestatus";
    let (told, kept) = read_text("ebay.csv", &ebay_report("66,65", headers, "-2,00;-3,00"), &golden_settings());
    assert_eq!(told, Ok(2), "{:?}", kept.rejects);
    let lines = written(&kept.batches["settlement_lines"]);
    assert_eq!(lines.matches("kind=referral_fee").count(), 6, "{lines}");
    assert!(!lines.contains("kind=other"), "{lines}");
}

#[test]
fn what_the_net_lacks_is_found_in_columns_that_no_table_knows() {
    let headers = "Opłata regulacyjna;Frais divers";
    let (told, kept) = read_text("ebay.csv", &ebay_report("70,40", headers, "-1,25;-0,10"), &golden_settings());
    assert_eq!(told, Ok(2), "{:?}", kept.rejects);
    let lines = written(&kept.batches["settlement_lines"]);
    assert!(lines.contains("kind=other | description=Opłata regulacyjna | amount=-1.2500"), "{lines}");
    assert!(!lines.contains("Frais divers"), "one column is the whole difference: {lines}");
    let (told, kept) = read_text("ebay.csv", &ebay_report("70,00", headers, "-1,25;-0,10"), &golden_settings());
    assert_eq!(told, Ok(1));
    let reason = &kept.rejects[0].reason;
    assert!(reason.contains("-1.65 is in no fee") && reason.contains("`Frais divers` -0.10"), "{reason}");
}

#[test]
fn a_payment_may_have_a_fee_under_a_header_that_is_new() {
    let payments = |net: &str| {
        format!(
            "Transaction Date,Type,Order,Payout Status,Payout Date,Amount,Fee,Currency Levy,Net,Currency\n\
             2026-02-03 10:00:00 -0500,charge,#7,paid,2026-02-05,50.00,1.75,0.40,{net},USD\n\
             2026-02-04 10:00:00 -0500,charge,#8,paid,2026-02-05,20.00,0.88,0.00,19.12,USD\n"
        )
    };
    let (told, kept) = read_text("shopify_payments.csv", &payments("47.85"), &golden_settings());
    assert_eq!(told, Ok(2), "{:?}", kept.rejects);
    let lines = written(&kept.batches["settlement_lines"]);
    assert!(lines.contains("kind=other | description=Currency Levy | amount=-0.4000"), "{lines}");
    let (told, kept) = read_text("shopify_payments.csv", &payments("47.80"), &golden_settings());
    assert_eq!(told, Ok(1));
    assert!(kept.rejects[0].reason.contains("`Currency Levy` 0.40"), "{}", kept.rejects[0].reason);
}

#[test]
fn german_orders_tell_the_buyers_country() {
    for header in ["Versand nach - Land", "Versand nach Land", "Land des Käufers"] {
        let text =
            golden("ebay_orders_de.csv").replace("Nutzername des Käufers", header).replace("kaeufer", "Österreich");
        let (_, kept) = read_text("ebay_orders_de.csv", &text, &golden_settings());
        let lines = written(&kept.batches["order_lines"]);
        assert!(lines.contains("country=Österreich"), "{header}: {lines}");
    }
}

fn etsy_statement(rows: &[[&str; 4]]) -> Vec<String> {
    let mut text = "Date,Type,Title,Info,Currency,Amount,Fees & Taxes,Net\n".to_owned();
    for [by_type, title, info, amount] in rows {
        text += &format!("\"February 3, 2026\",{by_type},\"{title}\",{info},USD,--,{amount},{amount}\n");
    }
    let (told, kept) = read_text("etsy_statement.csv", &text, &golden_settings());
    assert_eq!(told, Ok(rows.len() as u64), "{:?}", kept.rejects);
    written(&kept.batches["settlement_lines"]).lines().map(str::to_owned).collect()
}

#[test]
fn etsys_fees_are_known_by_name_and_their_tax_is_of_their_kind() {
    for (by_type, title, kind) in [
        ("Fee", "Listing fee", "service_fee"),
        ("Fee", "Multi-quantity: Fox card", "service_fee"),
        ("VAT", "VAT: auto-renew sold", "service_fee"),
        ("VAT", "VAT: Etsy Ads", "advertising"),
        ("VAT", "VAT: Processing Fee", "payment_fee"),
        ("VAT", "VAT: transaction", "referral_fee"),
        ("Fee", "Transaction fee: Listing of ads", "referral_fee"),
        ("Fee", "Something new", "other"),
    ] {
        let lines = etsy_statement(&[[by_type, title, "", "-$0.20"]]);
        assert!(lines.iter().any(|line| line.contains(&format!("kind={kind} "))), "{title}: {lines:?}");
    }
}

#[test]
fn a_transaction_fee_names_its_article() {
    let lines = etsy_statement(&[
        ["Fee", "Transaction fee: Fox card", "Order #3001", "-$0.65"],
        ["Fee", "Transaction fee: Shipping", "Order #3001", "-$0.29"],
    ]);
    assert_eq!(lines.iter().filter(|line| line.contains("title=Fox card")).count(), 1, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.contains("title=")).count(), 1, "{lines:?}");
}

/// Discounts of an order of two lines of 40.00 and 60.00.
fn etsy_discounts(coupon: &str, discounts: [&str; 2], second: &str) -> Vec<String> {
    let header = golden("etsy_items.csv").lines().next().unwrap().to_owned();
    let line = |price: &str, discount: &str, number: u8| {
        format!(
            "02/03/26,Card {number},buyer,1,{price},SPRING,{coupon},{discount},,,,{price},USD,90{number},9,02/03/26,,A,1 Road,\
             Town,ST,00001,United States,3100,,online,listing,online_cc,,,,CARD-{number}\n"
        )
    };
    let text = format!("{header}\n{}{}", line("40.00", discounts[0], 1), line(second, discounts[1], 2));
    let (told, kept) = read_text("etsy_items.csv", &text, &golden_settings());
    assert_eq!(told, Ok(2), "{:?}", kept.rejects);
    amounts_of(&kept, "order_lines", "discount").iter().map(Money::to_string).collect()
}

#[test]
fn discounts_of_an_etsy_order_are_its_lines_own_unless_they_are_all_the_same() {
    assert_eq!(etsy_discounts("", ["4.00", "6.00"], "60.00"), ["4.00", "6.00"]);
    assert_eq!(etsy_discounts("", ["10.00", "10.00"], "60.00"), ["4.00", "6.00"], "the order's, told again");
    assert_eq!(etsy_discounts("", ["10.00", "0.00"], "60.00"), ["4.00", "6.00"], "the order's, told once");
    assert_eq!(etsy_discounts("SPRING - 10.00%", ["4.00", "4.00"], "40.00"), ["4.00", "4.00"], "a tenth of each line");
}
