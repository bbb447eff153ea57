//! A shop without a source of truth: what its store's own files say of costs and counts stands in, and
//! says so. And one that has nothing but settlements.

use std::fs;

use crate::overrides::{cells, row, rows};
use crate::project::{Project, has, stderr};

const SHOP: &str = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Vienna\"\nas-of = 2026-02-20\n\n";

const PRODUCTS: &str = "Handle,Title,Vendor,Option1 Value,Variant SKU,Variant Price,Variant Compare At Price,\
    Cost per item,Status\n\
    jug,Jug,Kiln,,JUG,30.00,,11.50,active\nbowl,Bowl,Kiln,,BOWL,20.00,,,active\ncup,Cup,Kiln,,CUP,9.00,,0.00,active\n";

const INVENTORY: &str = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,\
    SKU,HS Code,COO,Location,Incoming,Unavailable,Committed,Available,On hand\n\
    jug,Jug,,,,,,,JUG,,,Shop,5,2,3,40,45\njug,Jug,,,,,,,JUG,,,Attic,0,0,0,7,7\nbowl,Bowl,,,,,,,BOWL,,,Shop,0,0,0,12,12\n";

fn orders(channel: &str) -> String {
    let mut orders = "channel,order_id,line_id,ordered_at,sku,quantity,unit_price,status,currency\n".to_owned();
    for day in 0..30 {
        let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 22).unwrap() + chrono::Days::new(day);
        orders += &format!("{channel},{channel}-{day},1,{at}T18:05:00Z,JUG,1,30.00,completed,EUR\n");
    }
    orders
}

fn shopify(more: &[(&str, &str)]) -> Project {
    let orders = orders("shopify");
    let files = [
        ("truth/order_lines.csv", orders.as_str()),
        ("shopify/products_export_2026-02-20.csv", PRODUCTS),
        ("shopify/inventory_export_2026-02-20T2100.csv", INVENTORY),
    ];
    Project::of(&format!("{SHOP}[channel.shopify]\n[channel.tiktok]\n"), &[&files[..], more].concat())
}

#[test]
fn the_store_s_own_count_is_the_book_and_not_compared_with_itself() {
    let shown = "channel,channel_sku,location,reported_at,sku,listed\ntiktok,JUG,main,2026-02-20T20:30:00Z,JUG,60\n";
    let project = shopify(&[("truth/channel_stock.csv", shown)]);
    let said = stderr(&project.trueup(&["run"]));
    has(
        &said,
        &[
            "no source of truth counts `main`, so the book is what `shopify` itself counted on 2026-02-20",
            "1 of 1 listing out of sync, 3 are the book themselves",
        ],
    );
    let jug = row(&project, "stock.csv", &[("sku", "JUG")]);
    assert_eq!(cells(&jug, ["on_hand", "reserved", "damaged", "inbound", "available"]), ["52", "3", "2", "5", "47"]);
    assert_eq!(row(&project, "buffers.csv", &[("sku", "BOWL"), ("channel", "shopify")])["available"], "12");
    let drift = rows(&project, "drift.csv");
    assert_eq!(drift.len(), 1, "TikTok Shop alone is compared: {drift:?}");
    assert_eq!(cells(&drift[0], ["channel", "expected", "reported"]), ["tiktok", "47", "60"]);
    assert!(rows(&project, "stock_balance.csv").is_empty(), "a count does not prove itself");
    let run = fs::read_to_string(project.path("reports/run.json")).unwrap();
    has(&run, &["\"counted_by\": \"shopify\"", "\"counted_at\": \"2026-02-20T20:00:00Z\""]);
    assert!(fs::read_to_string(project.path("reports/index.html")).unwrap().contains("no source of truth counts"));
}

#[test]
fn a_count_of_the_source_of_truth_goes_before_the_store_s() {
    let stock = "sku,location,at,on_hand\nJUG,main,2026-02-20T20:00:00Z,31\n";
    let project = shopify(&[("truth/stock.csv", stock)]);
    let said = stderr(&project.trueup(&["run"]));
    assert!(!said.contains("no source of truth"), "{said}");
    assert_eq!(row(&project, "stock.csv", &[("sku", "JUG")])["on_hand"], "31");
    assert_eq!(rows(&project, "stock.csv").len(), 1, "no count is mixed with another");
    let run = fs::read_to_string(project.path("reports/run.json")).unwrap();
    has(&run, &["\"book\": []"]);
}

/// The cost of goods of a month, and what was said.
fn cost_of_goods(project: &Project, month: &str) -> (String, String) {
    let said = stderr(&project.trueup(&["run"]));
    (row(project, "pnl_by_sku.csv", &[("month", month), ("sku", "JUG")])["cost_of_goods"].clone(), said)
}

#[test]
fn the_store_s_own_cost_holds_also_for_sales_before_it_and_says_so() {
    let (cost, said) = cost_of_goods(&shopify(&[]), "2026-01");
    assert_eq!(cost, "115.00", "ten jugs of January at 11.50");
    has(
        &said,
        &[
            "the cost of `JUG` is what `shopify`'s own list of products says, and taken for all days before that list too",
            "add `JUG,<day>,<unit cost>,<currency>` to `exports/truth/costs.csv`",
        ],
    );
    let costs = "sku,from,until,unit_cost,currency\nJUG,2026-01-01,,8.00,EUR\n";
    let (cost, said) = cost_of_goods(&shopify(&[("truth/costs.csv", costs)]), "2026-01");
    assert_eq!(cost, "80.00", "the source of truth wins");
    assert!(!said.contains("own list of products"), "{said}");
}

#[test]
fn a_later_list_changes_the_cost_from_its_day_on() {
    let later = PRODUCTS.replace("11.50", "13.00");
    let project = shopify(&[("shopify/products_export_2026-02-11.csv", &PRODUCTS.replace("11.50", "10.00"))]);
    fs::write(project.path("exports/shopify/products_export_2026-02-20.csv"), later).unwrap();
    let (january, _) = cost_of_goods(&project, "2026-01");
    assert_eq!(january, "100.00");
    let february = row(&project, "pnl_by_sku.csv", &[("month", "2026-02"), ("sku", "JUG")]);
    assert_eq!(february["cost_of_goods"], "203.00", "nineteen at 10.00 and the twentieth at 13.00");
}

#[test]
fn other_stores_lists_tell_costs_too() {
    let woocommerce = "ID,Type,SKU,Name,Published,Stock,Sale price,Regular price,Cost of goods\n\
        7,simple,JUG,Jug,1,40,,30.00,6.25\n";
    let bigcommerce = "Item Type,Product ID,Product Name,Product Code/SKU,Price,Cost Price,Current Stock Level\n\
        Product,7,Jug,JUG,30.00,7.75,40\n";
    for (kind, file, text, cost) in [
        ("woocommerce", "wc-product-export_2026-02-20.csv", woocommerce, "62.50"),
        ("bigcommerce", "products-2026-02-20.csv", bigcommerce, "77.50"),
    ] {
        let (orders, path) = (orders(kind), format!("{kind}/{file}"));
        let settings = format!("{SHOP}[channel.{kind}]\n");
        let project = Project::of(&settings, &[("truth/order_lines.csv", &orders), (&path, text)]);
        assert_eq!(cost_of_goods(&project, "2026-01").0, cost, "{kind}");
    }
}

#[test]
fn settlements_alone_give_a_report_of_the_day_of_the_newest_posting() {
    let settled = "channel,settlement_id,line,posted_at,kind,amount,currency,order_id,sku,quantity\n\
        amazon,S1,1,2026-02-03T10:00:00Z,sale,40.00,EUR,O1,JUG,1\n\
        amazon,S1,2,2026-02-03T10:00:00Z,referral_fee,-6.00,EUR,O1,JUG,\n\
        amazon,S2,1,2026-02-17T10:00:00Z,storage_fee,-2.50,EUR,,,\n";
    let settings = SHOP.replace("as-of = 2026-02-20\n", "") + "[channel.amazon]\nfulfilled-by-channel = true\n";
    let project = Project::of(&settings, &[("truth/settlement_lines.csv", settled)]);
    let night = project.trueup(&["run"]);
    let said = stderr(&night);
    assert_eq!(night.status.code(), Some(0), "{said}");
    has(
        &said,
        &[
            "index.html as of 2026-02-17",
            "no orders of `amazon` were read, only settlements",
            "add the All Orders report (Reports → Fulfilment → All Orders) to `exports/amazon/`",
        ],
    );
    let sums = row(&project, "settlements.csv", &[("settlement_id", "S1")]);
    assert_eq!(sums["lines_sum"], "34.00");
    assert!(
        fs::read_to_string(project.path("reports/index.html"))
            .unwrap()
            .contains("no orders of <code>amazon</code> were read")
    );
}

#[test]
fn a_lake_without_sales_and_counts_says_what_to_do() {
    let project = Project::of(&format!("{}[channel.amazon]\n", SHOP.replace("as-of = 2026-02-20\n", "")), &[]);
    let said = stderr(&project.trueup(&["run"]));
    has(
        &said,
        &["holds no orders, no settlements and no counts of stock", "`trueup check` tells what is in each file"],
    );
}
