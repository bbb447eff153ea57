//! What goods cost: missing costs, bundles, returns, the moving average.

use trueup::config::{ChannelKind, CostMethod};
use trueup::types::Currency;

use super::books::{Books, PLAIN, amount, channel, money, sku};

#[test]
fn a_missing_cost_leaves_the_contribution_unknown() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             wholesale,W1,2026-02-03,MUG,2,20.00
             wholesale,W2,2026-02-03,POT,3,90.00
             wholesale,W3,2026-02-03,KIT,1,50.00",
        )
        .with("bundle_parts", "bundle_sku,sku,quantity\nKIT,MUG,1\nKIT,LID,1\nKIT,BOX,1")
        .with("costs", "sku,from,unit_cost\nMUG,2026-01-01,4.00");
    let pnl = books.work();
    let pot = sku(&pnl, "2026-02", "wholesale", "POT");
    assert_eq!((pot.contribution(), pot.contribution_rate(), pot.units_without_cost), (None, None, 3));
    assert_eq!(sku(&pnl, "2026-02", "wholesale", "KIT").units_without_cost, 1);
    let total = channel(&pnl, "2026-02", "wholesale");
    assert_eq!(amount(total, "net_sales"), "160.00");
    assert_eq!((total.contribution(), total.units_without_cost), (None, 4));
    assert_eq!(total.contribution_of_costed(), Some(money("12.00")));
    let warned = pnl.diagnostics.iter().find(|warning| warning.code == "missing-cost").unwrap();
    assert_eq!(warned.message, "2 SKUs have no unit cost (`KIT`, …): profit unknown");
    // 90.00 of POT and 50.00 of KIT
    assert_eq!((warned.amount, warned.key), (Some((money("140.00"), Currency::USD)), Some("costs.csv")));
}

/// A cost that is there is not told as missing: what lacks is a rate.
#[test]
fn a_cost_without_a_rate_lacks_the_rate() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             wholesale,W1,2026-02-03,MUG,2,20.00
             wholesale,W2,2026-02-03,KIT,1,50.00
             wholesale,W3,2026-02-03,POT,3,90.00",
        )
        .with("bundle_parts", "bundle_sku,sku,quantity\nKIT,MUG,1\nKIT,LID,1")
        .with(
            "costs",
            "sku,from,unit_cost,currency
             MUG,2026-01-01,4.00,EUR
             LID,2026-01-01,1.00,USD
             CUP,2026-01-01,1.00,GBP",
        );
    let pnl = books.work();
    assert_eq!(channel(&pnl, "2026-02", "wholesale").contribution(), None);
    let told = |code: &str| {
        let warned = pnl.diagnostics.iter().filter(|warning| warning.code == code);
        warned.map(|warning| (warning.message.as_str(), warning.hint.as_deref().unwrap())).collect::<Vec<_>>()
    };
    let no_rate = "2 SKUs have a cost in `EUR`, `KIT` the first, and no rate from `EUR` into `USD` is known: \
                   what they contribute is unknown";
    let add = "add `2026-01-01,EUR,USD,<rate>` to `exports/truth/exchange_rates.csv`, \
               or the other way round, `2026-01-01,USD,EUR,<rate>`";
    assert_eq!(told("missing-cost-rate"), [(no_rate, add)]);
    let missing = told("missing-cost");
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].0, "`POT` has no unit cost: profit unknown");
    assert!(told(trueup::pnl::MISSING_RATE).is_empty(), "it would be told twice");
}

#[test]
fn bundles_cost_their_components_and_sellable_returns_give_back() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             wholesale,1,2026-01-31,KIT,2,100.00
             wholesale,2,2026-02-02,KIT,1,50.00",
        )
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,quantity,amount,disposition
             wholesale,1,1,2026-02-20,KIT,1,50.00,sellable
             wholesale,2,1,2026-02-20,KIT,1,50.00,damaged",
        )
        .with("bundle_parts", "bundle_sku,sku,quantity\nKIT,MUG,2\nKIT,LID,1")
        .with(
            "costs",
            "sku,from,until,unit_cost
             MUG,2025-01-01,2026-01-31,4.00
             MUG,2026-02-01,,5.00
             LID,2025-01-01,,1.25",
        );
    let pnl = books.work();
    assert_eq!(amount(sku(&pnl, "2026-01", "wholesale", "KIT"), "cost_of_goods"), "18.50");
    // one sold and one put back on the shelf
    assert_eq!(amount(sku(&pnl, "2026-02", "wholesale", "KIT"), "cost_of_goods"), "0.00");
    assert_eq!(amount(sku(&pnl, "2026-02", "wholesale", "KIT"), "contribution"), "-50.00");
}

#[test]
fn the_moving_average_follows_receipts() {
    let mut books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             wholesale,1,2026-01-15,MUG,10,100.00
             wholesale,2,2026-02-10,MUG,10,100.00",
        )
        .with("costs", "sku,from,unit_cost\nMUG,2025-01-01,2.00\nMUG,2026-02-01,5.00")
        .with("stock", "sku,location,at,stock_day,on_hand\nMUG,main,2026-01-01,2026-01-01,40")
        .with(
            "stock_movements",
            "movement_id,movement_day,sku,location,kind,quantity
             1,2026-01-15,MUG,main,shipment,-10
             2,2026-01-15,MUG,main,order,10
             3,2026-02-05,MUG,main,receipt,60",
        );
    books.settings.shop.cost_method = CostMethod::MovingAverage;
    let pnl = books.work();
    assert_eq!(amount(sku(&pnl, "2026-01", "wholesale", "MUG"), "cost_of_goods"), "20.00");
    // (30 × 2.00 + 60 × 5.00) ÷ 90 = 4.00
    assert_eq!(amount(sku(&pnl, "2026-02", "wholesale", "MUG"), "cost_of_goods"), "40.00");
}

/// Some sources write a shipment as the count that left.
#[test]
fn a_shipment_takes_units_whatever_its_sign() {
    for shipped in ["-10", "10"] {
        let mut books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
            .with("order_lines", "channel,order_id,order_day,sku,quantity,gross\nwholesale,2,2026-02-10,MUG,10,100.00")
            .with("costs", "sku,from,unit_cost\nMUG,2025-01-01,2.00\nMUG,2026-02-01,5.00")
            .with("stock", "sku,location,at,stock_day,on_hand\nMUG,main,2026-01-01,2026-01-01,40")
            .with(
                "stock_movements",
                &format!(
                    "movement_id,movement_day,sku,location,kind,quantity
                     1,2026-01-15,MUG,main,shipment,{shipped}
                     2,2026-02-05,MUG,main,receipt,60"
                ),
            );
        books.settings.shop.cost_method = CostMethod::MovingAverage;
        let pnl = books.work();
        // (30 × 2.00 + 60 × 5.00) ÷ 90 = 4.00
        assert_eq!(amount(sku(&pnl, "2026-02", "wholesale", "MUG"), "cost_of_goods"), "40.00", "{shipped}");
    }
}

/// KIT held a mug and a lid until the end of January and two mugs from then on; before 2026 nobody
/// said what it held, and it was bought whole. `K-1` was the kit, and from February the mug.
#[test]
fn a_bundle_costs_what_it_held_on_the_day_it_was_sold() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,channel_sku,quantity,gross
             wholesale,1,2025-12-31,K-1,1,50.00
             wholesale,2,2026-01-31,K-1,1,50.00
             wholesale,3,2026-02-01,K-1,1,50.00
             wholesale,4,2026-02-01,KIT,1,50.00",
        )
        .with(
            "sku_map",
            "channel,channel_sku,sku,matched_by,from_day,until_day
             wholesale,K-1,KIT,alias,,2026-01-31
             wholesale,K-1,MUG,alias,2026-02-01,",
        )
        .with(
            "bundle_parts",
            "bundle_sku,sku,quantity,from_day,until_day
             KIT,KIT,1,,2025-12-31
             KIT,MUG,1,2026-01-01,2026-01-31
             KIT,LID,1,2026-01-01,2026-01-31
             KIT,MUG,2,2026-02-01,",
        )
        .with("costs", "sku,from,unit_cost\nMUG,2025-01-01,4.00\nLID,2025-01-01,1.25\nKIT,2025-01-01,7.00");
    let pnl = books.work();
    let cost = |month, name| amount(sku(&pnl, month, "wholesale", name), "cost_of_goods");
    assert_eq!([cost("2025-12", "KIT"), cost("2026-01", "KIT"), cost("2026-02", "KIT")], ["7.00", "5.25", "8.00"]);
    assert_eq!(cost("2026-02", "MUG"), "4.00");
}

#[test]
fn a_cost_on_an_order_line_is_in_the_currency_of_its_price() {
    let books = Books::new(&[("tiktok", ChannelKind::Tiktok, PLAIN)])
        .with("channel_currencies", "channel,currency\ntiktok,GBP")
        .with("exchange_rates", "day,currency,into,rate\n2026-02-03,GBP,USD,1.25")
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,currency_assumed,unit_cost
             tiktok,T1,2026-02-03,MUG,2,40.00,true,6.00",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "tiktok", "MUG");
    assert_eq!((amount(mug, "gross_sales"), amount(mug, "cost_of_goods")), ("50.00".into(), "15.00".into()));
}

/// On one day a liquidator paid 8.00 for 4 jugs, and 13.00 for jugs that nobody counted.
#[test]
fn a_liquidation_that_tells_its_units_hides_no_other_of_its_day() {
    let pnl = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN)])
        .with("costs", "sku,from,unit_cost\nJUG,2020-01-01,1.50")
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,sku,quantity,kind,amount
             amazon,S1,1,L7,2026-02-05,JUG,4,liquidation,8.00
             amazon,S1,2,L7,2026-02-05,JUG,0,liquidation,13.00",
        )
        .work();
    assert_eq!(amount(channel(&pnl, "2026-02", "amazon"), "cost_of_goods"), "6.00");
    let told = pnl.diagnostics.iter().find(|told| told.code == "liquidated-units").unwrap();
    assert_eq!(told.amount, Some((money("13.00"), trueup::types::Currency::USD)));
}

/// 12 jugs at 1.50 went to a liquidator; how many of the others nobody tells.
#[test]
fn what_a_liquidator_took_has_its_cost_where_its_units_are_told() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN), ("outlet", ChannelKind::Other, PLAIN)])
        .with("costs", "sku,from,unit_cost\nJUG,2020-01-01,1.50")
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,sku,quantity,kind,amount
             amazon,S1,1,L1,2026-02-05,JUG,12,liquidation,31.00
             amazon,S1,2,L1,2026-02-05,JUG,,service_fee,-4.00
             amazon,S1,3,L1,2026-02-07,JUG,2,liquidation,-3.00
             outlet,S2,1,,2026-02-05,JUG,,liquidation,9.00
             outlet,S2,2,,2026-02-05,,5,liquidation,6.50",
        );
    let pnl = books.work();
    let amazon = channel(&pnl, "2026-02", "amazon");
    assert_eq!((amount(amazon, "other_income"), amount(amazon, "cost_of_goods")), ("28.00".into(), "18.00".into()));
    assert_eq!((amazon.units, amount(amazon, "contribution")), (0, "6.00".into()));
    assert_eq!(amount(channel(&pnl, "2026-02", "outlet"), "cost_of_goods"), "0.00");
    let told: Vec<&str> = pnl
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == "liquidated-units")
        .map(|diagnostic| diagnostic.message.as_str())
        .collect();
    assert_eq!(
        told,
        ["liquidations of `outlet` over 15.50 USD tell no units or no article: what those had cost is left out"]
    );
}

/// They do have one, only not yet on the days of the sales.
#[test]
fn a_cost_that_begins_after_a_sale_is_told_with_its_day() {
    let told = |costs: &str| {
        let pnl = Books::new(&[("etsy", ChannelKind::Etsy, PLAIN), ("wholesale", ChannelKind::Wholesale, PLAIN)])
            .with(
                "order_lines",
                "channel,order_id,order_day,sku,quantity,gross
                 etsy,E1,2026-02-03,MUG,1,20.00
                 etsy,E2,2026-02-20,MUG,1,20.00
                 wholesale,W1,2026-02-04,KIT,1,50.00",
            )
            .with("bundle_parts", "bundle_sku,sku,quantity\nKIT,LID,2")
            .with("costs", &format!("sku,from,unit_cost\n{costs}"))
            .work();
        let lacking = pnl.diagnostics.into_iter().filter(|problem| problem.code == "missing-cost");
        lacking.map(|problem| (problem.message, problem.hint.unwrap_or_default())).collect::<Vec<_>>()
    };
    let late = told("MUG,2026-02-10,4.00\nLID,2026-01-01,1.00");
    assert_eq!(late[0].0, "`MUG` has no unit cost before 2026-02-10: profit of what was sold until then unknown");
    assert!(late[0].1.contains("let the cost begin earlier, or add `MUG,"), "{}", late[0].1);
    let both = told("MUG,2026-02-10,4.00\nLID,2026-02-05,1.00");
    assert_eq!(
        both[0].0,
        "2 SKUs have no unit cost for their first sales (`KIT` before 2026-02-05, …): profit of those unknown"
    );
    assert!(both[0].1.contains("add `LID,"), "{}", both[0].1);
    assert_eq!(both.len(), 1);
    assert_eq!(told("LID,2026-01-01,1.00")[0].0, "`MUG` has no unit cost: profit unknown");
}
