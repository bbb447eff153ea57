//! What the policy's keys change in a whole run.

use std::fs;

use crate::overrides::{Cells, cells, row, rows};
use crate::project::{Project, stderr};

const SHOP: &str = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Vienna\"\nas-of = 2026-02-20\n\n";

/// One SKU for forty days on an own store and on a channel of its own settings.
fn project(settings: &str, more: &[(&str, &str)]) -> Project {
    let mut orders = "channel,order_id,line_id,ordered_at,sku,quantity,unit_price,status,currency\n".to_owned();
    for day in 0..40 {
        let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 12).unwrap() + chrono::Days::new(day);
        for channel in ["shopify", "tiktok"] {
            orders += &format!("{channel},{channel}-{day},1,{at}T18:05:00Z,VASE,2,200.00,completed,EUR\n");
        }
    }
    let stock = "sku,location,at,on_hand\nVASE,main,2026-02-20T20:00:00Z,90\n";
    let files = [&[("truth/order_lines.csv", orders.as_str()), ("truth/stock.csv", stock)], more].concat();
    Project::of(&format!("{SHOP}{settings}"), &files)
}

fn breaches(keys: &str) -> Vec<[String; 3]> {
    let listings = "channel,channel_sku,at,sku,price,coupon_price,currency,status\n\
        tiktok,T1,2026-02-20T10:00:00Z,VASE,200.00,180.00,EUR,active\n\
        tiktok,T2,2026-02-20T10:00:00Z,BOWL,200.00,179.98,EUR,active\n\
        tiktok,T3,2026-02-20T10:00:00Z,DISH,199.99,,EUR,active\n\
        portal,P1,2026-02-20T10:00:00Z,VASE,74.00,,EUR,active\n";
    let products = "sku,price,map_price,currency\nVASE,200.00,160.00,EUR\nBOWL,200.00,,EUR\nDISH,200.00,,EUR\n";
    let settings = format!("[channel.shopify]\n[channel.tiktok]\n{keys}\n");
    let project = project(&settings, &[("truth/listings.csv", listings), ("truth/products.csv", products)]);
    stderr(&project.trueup(&["run"]));
    rows(&project, "price_breaches.csv").iter().map(|row| cells(row, ["sku", "field", "rule"])).collect()
}

#[test]
fn ten_percent_off_by_coupon_are_allowed_and_a_hundredth_more_or_a_price_cut_are_not() {
    let portal = "[channel.portal]\nkind = \"wholesale\"\nwholesale-share = \"45%\"";
    let by_coupon_only = format!("price-below = \"0%\"\ncoupon-allowance = \"10%\"\n{portal}");
    let found = breaches(&by_coupon_only);
    assert_eq!(found, [["BOWL", "coupon_price", "coupon too deep"], ["DISH", "price", "below anchor"]]);
    let usual = breaches(&portal.replace("wholesale-share = \"45%\"", ""));
    assert!(usual.contains(&["VASE", "coupon_price", "coupon too deep"].map(str::to_owned)), "5 % is usual: {usual:?}");
    assert!(usual.contains(&["VASE", "price", "below wholesale share"].map(str::to_owned)), "80.00 is half: {usual:?}");
    assert!(!usual.iter().any(|breach| breach[0] == "DISH"), "{usual:?}");
}

#[test]
fn a_promotion_is_kept_units_for_as_many_hours_before_it_as_the_settings_say() {
    let promotions = "promotion,channel,sku,from,until,kind,reserved_units\n\
        F1,tiktok,VASE,2026-02-23T09:00:00Z,2026-02-24T09:00:00Z,flash_sale,31\n";
    let reserve = |keys: &str| {
        let settings = format!("[channel.shopify]\n[channel.tiktok]\n{keys}\n");
        let project = project(&settings, &[("truth/promotions.csv", promotions)]);
        stderr(&project.trueup(&["run"]));
        row(&project, "buffers.csv", &[("channel", "shopify")])["promo_reserve"].clone()
    };
    assert_eq!(reserve(""), "0", "it begins in 58 hours");
    assert_eq!(reserve("[channel.tiktok.policy]\npromotion-reserve-hours = 60"), "31");
}

#[test]
fn orders_cover_as_many_days_as_the_settings_say() {
    let order_up_to = |keys: &str| {
        let project = project(&format!("[channel.shopify]\n[channel.tiktok]\n{keys}\n"), &[]);
        stderr(&project.trueup(&["run"]));
        let replenished: Cells = row(&project, "replenishment.csv", &[("sku", "VASE")]);
        let number = |column: &str| replenished[column].parse::<i64>().unwrap();
        (number("reorder_point"), number("order_up_to"))
    };
    let (point, up_to) = order_up_to("");
    let (later, more) = order_up_to("[policy]\nreview-days = 7\norder-cycle-days = 40");
    assert!(later >= point + 6 * 3, "six days more at four units a day: {point} → {later}");
    assert!(more >= up_to + 32 * 3, "32 days more: {up_to} → {more}");
}

#[test]
fn playbooks_and_the_length_of_the_morning_are_the_shop_s() {
    // Money that is not known and sources that stopped coming stand before what people wrote.
    let keys = "[channel.shopify]\n[channel.tiktok]\n[report]\nmorning-items = 1\n\n[playbook.override]\n\
        owner = \"mei\"\ndue-hours = 3\nsteps = [\"ask who wrote it\", \"correct it\"]\n";
    let overrides = "override_id,at,channel,sku,field,value,owner\n\
        A1,2026-02-20T08:00:00Z,tiktok,VASE,buffer,many,dana\nA2,2026-02-20T08:00:00Z,tiktok,VASE,color,red,dana\n\
        A3,2026-02-20T08:00:00Z,tiktok,VASE,buffer,-4,dana\n";
    let project = project(keys, &[("truth/overrides.csv", overrides)]);
    stderr(&project.trueup(&["run"]));
    let alert = row(&project, "alerts.csv", &[("subject", "override A1")]);
    assert_eq!(
        cells(&alert, ["owner", "due_at", "playbook"]),
        ["mei", "2026-02-20T11:00:00Z", "ask who wrote it; correct it"]
    );
    // The page is to show all up to the second of them, and to count the rest.
    let alerts = fs::read_to_string(project.path("reports/alerts.csv")).unwrap();
    let second = alerts.lines().position(|line| line.contains("override A2")).expect("it is an alert");
    let settings = fs::read_to_string(project.path("trueup.toml")).unwrap();
    let more = settings.replace("morning-items = 1\n", &format!("morning-items = {second}\n"));
    fs::write(project.path("trueup.toml"), more).unwrap();
    stderr(&project.trueup(&["run"]));
    let page = fs::read_to_string(project.path("reports/index.html")).unwrap();
    let (morning, _) = page.split_once("id=\"profit\"").expect("what needs a person stands first");
    let shown = ["override A1", "override A2", "override A3"].map(|name| morning.contains(name));
    let rest = format!("and {} more in", alerts.lines().count() - 1 - second);
    assert_eq!((shown, morning.contains(&rest)), ([true, true, false], true), "up to the second, {rest}");
}
