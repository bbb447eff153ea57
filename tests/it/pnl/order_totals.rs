//! Orders held against their documents' totals and against what was settled of them.

use trueup::config::ChannelKind;
use trueup::pnl::{Against, Pnl};

use super::books::{Books, PLAIN};

/// Totals of each sort, a cart, an order of which half was cancelled, one that says more than its lines.
fn shops() -> Books {
    Books::new(&[("shopify", ChannelKind::Shopify, PLAIN), ("bigcommerce", ChannelKind::Bigcommerce, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,discount,shipping_charged,tax,kind,status,source_file
             shopify,#1,1,2026-02-03,MUG,2,40.00,4.00,5.00,3.60,article,paid,s.csv
             shopify,#1,2,2026-02-03,,1,2.00,,,,tip,paid,s.csv
             shopify,#2,1,2026-02-03,MUG,1,20.00,,,2.00,article,paid,s.csv
             shopify,#3,1,2026-02-03,MUG,1,20.00,,,,article,unpaid,s.csv
             shopify,#4,1,2026-02-03,MUG,1,20.00,,,,article,paid,s.csv
             shopify,#4,2,2026-02-03,POT,1,30.00,,,,article,cancelled,s.csv
             shopify,#5,1,2026-02-03,POT,1,30.00,,,,article,paid,s.csv
             shopify,#6,1,2026-02-20,POT,1,30.00,,,,article,paid,s.csv
             bigcommerce,7,1,2026-02-03,POT,1,30.00,3.00,4.00,2.40,article,paid,b.csv
             bigcommerce,8,1,2026-02-03,POT,1,30.00,3.00,4.00,2.40,article,paid,b.csv",
        )
        .with(
            "orders",
            "channel,order_id,order_day,total,total_of,payment_method
             shopify,#1,2026-02-03,46.60,all
             shopify,#2,2026-02-03,25.00,all,card + gift_card
             shopify,#3,2026-02-03,99.00,all
             shopify,#4,2026-02-03,50.00,all
             bigcommerce,7,2026-02-03,31.00,without_tax
             bigcommerce,8,2026-02-03,27.00,goods",
        )
}

fn differing(pnl: &Pnl) -> Vec<(String, Against, String, &'static str)> {
    let told = pnl.order_differences.iter();
    told.map(|order| (order.order_id.clone(), order.against, order.difference().to_string(), order.part())).collect()
}

#[test]
fn an_order_comes_to_its_own_total_or_is_named() {
    let pnl = shops().work();
    assert_eq!(differing(&pnl), [("#2".to_owned(), Against::Document, "3.00".to_owned(), "unknown")]);
    let counts: Vec<_> = pnl
        .order_totals
        .iter()
        .map(|file| (file.source_file.as_str(), file.tied, file.differing, file.untold))
        .collect();
    assert_eq!(counts, [("b.csv", 2, 0, 0), ("s.csv", 2, 1, 2)]);
    let warning = pnl.diagnostics.iter().find(|diagnostic| diagnostic.code == "order-differences").unwrap();
    assert_eq!(warning.message, "order `#2` of `shopify` states 25.00 and its lines come to 22.00");
}

/// A processor settles all that was paid, a marketplace the goods; a second way of paying is not held against it.
#[test]
fn what_was_settled_is_held_against_the_order() {
    let books = shops().with(
        "settlement_lines",
        "channel,settlement_id,line,order_id,posted_day,sku,kind,amount
         shopify,S1,1,#1,2026-02-05,,sale,46.60
         shopify,S1,2,#5,2026-02-25,,sale,12.00
         shopify,S1,3,#6,2026-02-25,POT,sale,12.00",
    );
    let found = differing(&books.work());
    assert!(found.contains(&("#5".to_owned(), Against::Settlement, "-18.00".to_owned(), "settlement")), "{found:?}");
    assert!(!found.iter().any(|(order, ..)| order == "#1" || order == "#6"), "{found:?}");
}

/// Of 44.00 with tax a half went back, and its tax with it: the sale is 44.00 all the same. The other came to 33.00.
#[test]
fn tax_that_went_back_is_none_of_the_settled_sale() {
    let books = Books::new(&[("walmart", ChannelKind::Walmart, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,tax
             walmart,W1,2026-01-03,MUG,2,40.00,4.00
             walmart,W2,2026-01-03,MUG,2,60.00,6.00",
        )
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,sku,kind,amount
             walmart,S1,1,W1,2026-01-05,MUG,sale,40.00
             walmart,S1,2,W1,2026-01-05,MUG,tax_collected,4.00
             walmart,S1,3,W1,2026-01-05,MUG,refund,-20.00
             walmart,S1,4,W1,2026-01-05,MUG,tax_collected,-2.00
             walmart,S1,5,W2,2026-01-05,MUG,sale,30.00
             walmart,S1,6,W2,2026-01-05,MUG,tax_collected,3.00
             walmart,S1,7,W2,2026-01-05,MUG,refund,-10.00
             walmart,S1,8,W2,2026-01-05,MUG,tax_collected,-1.00",
        );
    let pnl = books.work();
    assert_eq!(differing(&pnl), [("W2".to_owned(), Against::Settlement, "-33.00".to_owned(), "settlement")]);
    assert_eq!(pnl.order_differences[0].total.to_string(), "33.00");
}

/// A cancelled line, two ways of paying, euros for dollars: nothing tells whether these were paid as they should.
#[test]
fn settled_orders_that_nothing_can_be_held_against_are_counted() {
    let books = shops().with(
        "settlement_lines",
        "channel,settlement_id,line,order_id,posted_day,sku,kind,amount,currency
         shopify,S1,1,#1,2026-02-05,,sale,46.60,USD
         shopify,S1,2,#4,2026-02-05,,sale,50.00,USD
         shopify,S1,3,#2,2026-02-05,,sale,12.00,USD
         bigcommerce,S2,1,7,2026-02-05,,sale,29.00,EUR
         bigcommerce,S2,2,8,2026-02-05,,sale,33.40,USD",
    );
    let counts = |pnl: Pnl| {
        let files = pnl.order_totals.into_iter();
        files.map(|file| (file.source_file, file.settlement_untold)).collect::<Vec<_>>()
    };
    assert_eq!(counts(books.work()), [("b.csv".to_owned(), 1), ("s.csv".to_owned(), 2)]);
    assert_eq!(counts(shops().work()), [("b.csv".to_owned(), 0), ("s.csv".to_owned(), 0)]);
}
