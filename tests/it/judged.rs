//! Nothing is said that was not judged: what a run tells of a shop of which only orders were read, and
//! of one whose exports stopped coming.

use std::collections::BTreeMap;
use std::fs;

use crate::project::{Project, has, stderr};

const SHOP: &str = "[shop]\ncurrency = \"GBP\"\ntime-zone = \"Europe/London\"\n\n\
    [channel.stall]\nkind = \"wholesale\"\n\n[policy]\nlead-time-days = 21\n\n\
    [mapping.stall]\nchannel = \"stall\"\ntable = \"order_lines\"\n\
    columns = { order_id = \"No\", ordered_at = \"When\", sku = \"What\", quantity = \"Units\", unit_price = \"Each\" }\n\
    constants = { currency = \"GBP\", status = \"completed\" }\n";

/// Ten weeks of a few cups a day, up to 15 March 2026.
fn orders() -> String {
    let mut text = "No,When,What,Units,Each\n".to_owned();
    let first: trueup::types::Day = "2026-01-05".parse().unwrap();
    for day in 0..70 {
        let units = 1 + (day * 7) % 4;
        text += &format!("N{day},{} 10:30,CUP,{units},12.50\n", first.plus(day));
        text += &format!("M{day},{} 11:10,SAUCER,1,4.20\n", first.plus(day));
    }
    text
}

fn shop(settings: &str) -> Project {
    Project::of(&format!("{SHOP}{settings}"), &[("stall/orders.csv", &orders())])
}

fn report(project: &Project, name: &str) -> String {
    fs::read_to_string(project.path("reports").join(name)).unwrap()
}

/// A sheet's rows by column.
fn rows(project: &Project, name: &str) -> Vec<BTreeMap<String, String>> {
    let text = report(project, name);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let named = |record: csv::StringRecord| {
        headers.iter().zip(record.iter()).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| named(record.unwrap())).collect()
}

/// What stands above the first section.
fn head(page: &str) -> &str {
    page.split("<header>").nth(1).unwrap().split("</header>").next().unwrap()
}

#[test]
fn of_orders_alone_little_is_judged_and_the_rest_is_said_to_be_unknown() {
    let project = shop("");
    let told = stderr(&project.trueup(&["run"]));
    has(&told, &["no listing compared; oversells unknown without stock movements"]);
    has(&told, &["which listings lose money is unknown", "Buffers unknown, as no listing could be judged"]);
    let page = report(&project, "index.html");
    let checks = rows(&project, "checks.csv");
    let of = |outcome: &str| checks.iter().filter(|check| check["outcome"] == outcome).count();
    assert!(of("failed") == 0 && of("passed") > 0 && of("not applicable") > of("passed"), "{checks:?}");
    let verdict = format!(
        "{0} of {0} applicable checks pass · {1} not applicable (no data).",
        of("passed"),
        of("not applicable")
    );
    has(
        head(&page),
        &[&verdict, "No current data for: ", "channel counts, stock counts, stock movements, settlements"],
    );
    has(
        &told,
        &[&format!("{0} of {0} applicable passed; {1} not applicable (no data)", of("passed"), of("not applicable"))],
    );
    for tile in ["Units oversold", "Listings out of sync", "Buffers to change", "Money at risk"] {
        let tile = head(&page).split(&format!("<dt>{tile}</dt>")).nth(1).unwrap().split("</div>").next().unwrap();
        assert!(tile.contains(">–<") && tile.contains("needs <a href=\"#missing\">"), "{tile}");
    }
    let run: serde_json::Value = serde_json::from_str(&report(&project, "run.json")).unwrap();
    for total in ["oversold_units", "drifting_listings", "drift_alerts", "buffers_to_change", "money_at_risk"] {
        assert_eq!(run["totals"][total], serde_json::Value::Null, "{total}");
    }
    let metrics = report(&project, "metrics.prom");
    assert!(!metrics.contains("trueup_oversold_units") && !metrics.contains("trueup_money_at_risk"), "{metrics}");
}

#[test]
fn an_empty_table_says_whether_it_could_have_been_full() {
    let project = shop("");
    project.trueup(&["run"]);
    let page = report(&project, "index.html");
    for (false_good_news, unknown) in [
        ("No listing with demand was out of stock", "What stockouts cost is unknown."),
        ("Nothing has to be ordered today.", "What to order is unknown."),
        ("No SKU lost money", "Which SKUs lose money is unknown."),
        ("No buffer needs to change.", "No buffer can be recommended: every number stays as it is."),
        ("No channel lists a quantity that differs", "Whether channels list what they should is unknown."),
        ("No order sold a unit", "Whether orders sold units that were not there is unknown."),
        ("Every listed price is within", "Whether listed prices are within their limits is unknown."),
        ("Stock reconciles", "Whether movements explain the counts is unknown."),
        ("Inventory value", "What stock on hand cost is unknown."),
        ("healthy</span>", "contribution unknown"),
    ] {
        assert!(!page.contains(false_good_news), "{false_good_news}");
        has(&page, &[unknown]);
    }
    has(&page, &["Add <code>truth/stock.csv</code>"]);
}

#[test]
fn the_lead_time_is_the_policys_where_no_stock_tells_another() {
    let project = shop("");
    project.trueup(&["run"]);
    let page = report(&project, "index.html");
    let demand = page.split("id=\"demand\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(demand.contains(" over 21 days") || demand.contains(" over 28 days"), "{demand}");
    assert!(!demand.contains("over 1 day") && !demand.contains("1 days"), "{demand}");
}

#[test]
fn terminal_page_and_sheet_count_the_same_changes() {
    let stock = "sku,location,at,on_hand\nCUP,main,2026-03-15T20:00:00Z,40\nSAUCER,main,2026-03-15T20:00:00Z,35\n";
    let project = Project::of(SHOP, &[("stall/orders.csv", &orders()), ("truth/stock.csv", stock)]);
    let told = stderr(&project.trueup(&["run"]));
    let buffers = rows(&project, "buffers.csv");
    let changes = buffers.iter().filter(|row| row["is_change"] == "true").count();
    let review = buffers.iter().filter(|row| row["needs_review"] == "true").count();
    assert_eq!((changes, review), (2, 2), "a first number has nothing to be compared with: {buffers:?}");
    has(&told, &["Buffers 2 of 2 listings to change, 2 for a person to look at: 2 have no number yet"]);
    let page = report(&project, "index.html");
    let tile = head(&page).split("<dt>Buffers to change</dt>").nth(1).unwrap().split("</div>").next().unwrap();
    has(tile, &[">2<", "2 for a person to look at: 2 have no number yet"]);
    has(&page, &["2 listings without a number so far.", "<code>trueup publish --yes</code>"]);
}

#[test]
fn a_report_long_after_the_data_says_so_first_and_is_never_green() {
    let project = shop("");
    let told = stderr(&project.trueup(&["run", "--as-of", "2026-06-23"]));
    has(&told, &["Stale orders of stall: newest 2026-03-15, 100 days before this report"]);
    let page = report(&project, "index.html");
    has(head(&page), &["Newest order 15 Mar 2026: 100 days before this report.", "pass on old data", "newer orders"]);
    assert!(!head(&page).contains("tone good"), "{}", head(&page));
    let alerts = rows(&project, "alerts.csv");
    let stale: Vec<_> = alerts.iter().filter(|alert| alert["rule"] == "stale source").collect();
    assert_eq!(stale.len(), 1, "{alerts:?}");
    assert_eq!((stale[0]["subject"].as_str(), stale[0]["threshold"].as_str()), ("orders of stall", "3 days"));
    assert_eq!(stale[0]["hint"], "100 days old; a record every 1 day is usual");
    let newest = "trueup_newest_record_timestamp_seconds{source=\"orders\",channel=\"stall\"} 1773532800\n";
    has(&report(&project, "metrics.prom"), &[newest]);
    has(&report(&project, "freshness.csv"), &["orders,stall,2026-03-15,100,1,3,true"]);

    let patient = shop("[alerts]\nstale-after-days = 100\n");
    let told = stderr(&patient.trueup(&["run", "--as-of", "2026-06-23"]));
    assert!(!told.contains("Stale"), "{told}");
    has(&report(&patient, "freshness.csv"), &["orders,stall,2026-03-15,100,1,100,false"]);
}

#[test]
fn what_a_new_project_does_not_know_it_does_not_charge() {
    let project = Project::empty();
    project.trueup(&["init", "."]);
    let orders = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,\
        Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,\
        Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,\
        Lineitem fulfillment status\n\
        #77,,paid,2026-02-03 09:00:00 -0500,fulfilled,2026-02-04 09:00:00 -0500,no,USD,60.00,0.00,0.00,60.00,,0.00,\
        Standard,2026-02-03 09:00:00 -0500,3,Cup,20.00,,CUP,true,true,fulfilled\n";
    fs::write(project.path("exports/shopify/orders_export.csv"), orders).unwrap();
    fs::write(project.path("exports/truth/costs.csv"), "sku,from,unit_cost,currency\nCUP,2026-01-01,5.00,USD\n")
        .unwrap();
    let told = stderr(&project.trueup(&["run"]));
    has(&told, &["neither a settlement nor the settings tell what `shopify` charges", "concerns 60.00 USD"]);
    let page = report(&project, "index.html");
    assert!(!page.contains("−6.50") && !page.contains("~\u{202f}"), "no fee that nobody set");
    has(&page, &["Fees not told", "decided by <code>fees</code>", ">left out<"]);

    let settings = fs::read_to_string(project.path("trueup.toml")).unwrap();
    fs::write(project.path("trueup.toml"), settings.replace("# fees = { payment", "fees = { payment")).unwrap();
    let told = stderr(&project.trueup(&["run"]));
    assert!(!told.contains("fees are left out"), "{told}");
    let page = report(&project, "index.html");
    // 60.00 × 2.9 % + 0.30 and a label: all of it estimated.
    has(
        &page,
        &[
            "~\u{202f}</span>−2.04",
            "~\u{202f}</span>−6.50",
            "100.0\u{202f}% of its fees estimated",
            "class=\"s paper\"",
        ],
    );
}

/// With a count and nothing else there is no demand, so neither an order nor a buffer can be judged.
#[test]
fn a_count_alone_says_nothing_of_what_to_order_or_to_hold_back() {
    let settings = "[shop]\ncurrency = \"EUR\"\n\n[channel.shopify]\n";
    let stock = "sku,location,at,on_hand\nBOWL,main,2026-02-20T20:00:00Z,12\n";
    let project = Project::of(settings, &[("truth/stock.csv", stock)]);
    let told = stderr(&project.trueup(&["run"]));
    has(
        &told,
        &[
            "Buffers unknown, as no listing could be judged",
            "Exceptions nothing needs a person, as far as there is data",
        ],
    );
    let page = report(&project, "index.html");
    has(&page, &["What to order is unknown.", "needs <a href=\"#missing\">orders</a>"]);
    assert!(!page.contains("Nothing has to be ordered"), "nobody knows what will sell");
}

/// Goods that cost nothing anybody knows leave no contribution to show beside the unknown one.
#[test]
fn the_terminal_and_the_page_tell_of_a_marketplace_without_fees_costs_and_settlements_alike() {
    let settings = "[shop]\ncurrency = \"EUR\"\nas-of = 2026-02-20\n\n[channel.ebay]\n";
    let orders = "channel,order_id,line_id,ordered_at,sku,quantity,unit_price,status,currency\n\
        ebay,E1,1,2026-02-11T10:00:00Z,DISH,1,26.00,completed,EUR\n";
    let project = Project::of(settings, &[("truth/order_lines.csv", orders)]);
    let told = stderr(&project.trueup(&["run"]));
    has(&told, &["neither a settlement nor the settings tell what `ebay` charges: its fees are left out"]);
    has(&told, &["unknown from 26.00 EUR net sales; which listings lose money is unknown"]);
    assert!(!told.contains("estimate"), "no fee of it is estimated: {told}");
    let page = report(&project, "index.html");
    assert!(!page.contains("Contribution (SKUs with cost)"), "no SKU has a cost");
}
