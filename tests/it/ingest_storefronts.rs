//! What orders of storefronts and marketplaces come to: their own totals, what was never paid, what went
//! back, and the tax that prices hold.

use std::collections::BTreeMap;
use std::fs;

use trueup::types::Money;

use crate::project::{Project, has, said};

/// A shop with one channel and a cost for every article.
fn shop(channel: &str, currency: &str, more: &str) -> String {
    format!(
        "[shop]\nname = \"Shop\"\ncurrency = \"{currency}\"\ntime-zone = \"UTC\"\nas-of = 2026-03-31\n\n\
         [channel.{channel}]\n{more}\n"
    )
}

const COSTS: (&str, &str) =
    ("truth/costs.csv", "sku,from,unit_cost,currency\nLAMP,2026-01-01,10.00,USD\nVASE,2026-01-01,5.00,USD\n");

/// Runs a night and adds up the columns of the profit and loss.
struct Told {
    project: Project,
    sums: BTreeMap<String, Money>,
    output: String,
}

impl Told {
    fn by(settings: &str, files: &[(&str, &str)]) -> Self {
        let project = Project::of(settings, &[files, &[COSTS]].concat());
        let output = said(&project.trueup(&["run"]));
        let text = fs::read_to_string(project.path("reports/pnl_by_channel.csv")).unwrap_or_default();
        let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let header = lines.next().unwrap_or_default();
        let mut sums: BTreeMap<String, Money> = BTreeMap::new();
        for line in lines {
            for (column, cell) in header.iter().zip(line) {
                *sums.entry((*column).to_owned()).or_default() += cell.parse().unwrap_or_default();
            }
        }
        Self { project, sums, output }
    }

    #[track_caller]
    fn holds(&self, expected: &[(&str, &str)]) {
        for (column, amount) in expected {
            let told = self.sums.get(*column).copied().unwrap_or_default().to_string();
            assert_eq!(told, *amount, "{column}\n{}", self.output);
        }
    }

    /// What an own query answers, as CSV without its header.
    fn asks(&self, sql: &str) -> Vec<String> {
        fs::write(self.project.path("own.sql"), sql).unwrap();
        let output = self.project.trueup(&["query", "own.sql"]);
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(output.status.success(), "{}", said(&output));
        text.lines().skip(1).map(str::to_owned).collect()
    }

    /// Orders whose lines do not come to the total that their document states.
    fn differences(&self) -> Vec<String> {
        self.asks(
            "with lines as (select l.order_id as order_id, \
                 sum(l.gross - coalesce(l.discount, 0) + coalesce(l.shipping_charged, 0) + coalesce(l.tax, 0)) as paid \
             from order_lines as l where l.kind <> 'kept' group by l.order_id) \
             select o.order_id as order_id, o.total as total, s.paid as paid from orders as o \
             inner join lines as s on s.order_id = o.order_id \
             where o.total_of = 'all' and o.total <> s.paid order by order_id",
        )
    }
}

const WOO: &str = "order_id,order_number,date,status,shipping_total,shipping_tax_total,fee_total,fee_tax_total,\
    tax_total,discount_total,order_total,refunded_total,order_currency,shipping_country,fee_items,item_id,item_name,\
    item_sku,item_quantity,item_subtotal,item_total,item_total_tax,item_refunded,item_refunded_qty\n";

fn woo(rows: &[&str]) -> Told {
    let text = format!("{WOO}{}\n", rows.join("\n"));
    Told::by(&shop("woocommerce", "USD", ""), &[("woocommerce/orders.csv", &text)])
}

#[test]
fn a_woocommerce_refund_by_amount_counts_beside_the_refunded_lines() {
    // of 8.00 that went back 5.00 are the vase's and 3.00 no line's
    let told = woo(&[
        "11,11,2026-03-02 10:00:00,completed,0,0,0,0,0,0,47.00,8.00,USD,US,,1,Lamp,LAMP,1,40.00,40.00,0,0,0",
        "11,11,2026-03-02 10:00:00,completed,0,0,0,0,0,0,47.00,8.00,USD,US,,2,Vase,VASE,1,7.00,7.00,0,5.00,-1",
    ]);
    told.holds(&[("refunds", "8.00"), ("net_sales", "39.00")]);
    assert_eq!(told.differences(), Vec::<String>::new());
}

#[test]
fn a_woocommerce_order_refunded_by_its_state_leaves_nothing() {
    // no amount is told, and 4.10 of the 45.10 are tax
    let told = woo(&[
        "12,12,2026-03-03 10:00:00,refunded,3.00,0.30,0,0,4.10,0,45.10,,USD,US,,1,Lamp,LAMP,1,38.00,38.00,3.80,0,0",
    ]);
    told.holds(&[("gross_sales", "38.00"), ("shipping_charged", "3.00"), ("refunds", "41.00"), ("net_sales", "-3.00")]);
}

#[test]
fn woocommerce_fees_are_discounts_or_lines_of_their_own() {
    let told = woo(&[
        "13,13,2026-03-04 10:00:00,completed,0,0,-4.00,-0.40,3.60,0,39.60,0,USD,US,,1,Lamp,LAMP,1,30.00,30.00,3.00,0,0",
        "13,13,2026-03-04 10:00:00,completed,0,0,-4.00,-0.40,3.60,0,39.60,0,USD,US,,2,Vase,VASE,2,10.00,10.00,1.00,0,0",
        "14,14,2026-03-05 10:00:00,completed,0,0,6.00,0.40,3.40,0,39.40,0,USD,US,\
         name:Add a tip|total:2.00|total_tax:0;name:COD surcharge|total:4.00|total_tax:0.40,3,Lamp,LAMP,1,30.00,30.00,3.00,0,0",
    ]);
    assert_eq!(told.differences(), Vec::<String>::new());
    told.holds(&[("discounts", "4.00"), ("shipping_charged", "4.00"), ("cost_of_goods", "30.00"), ("units", "4.00")]);
    let kinds = told.asks(
        "select l.kind as kind, l.gross as gross, l.tax as tax from order_lines as l \
                           where l.kind <> 'article' order by kind",
    );
    assert_eq!(kinds, ["handling,4.00,0.40", "tip,2.00,0.00"]);
}

#[test]
fn woocommerce_orders_that_nobody_paid_are_neither_sold_nor_wanted() {
    let states = ["pending", "on-hold", "failed", "checkout-draft", "cancelled", "wc-pending"];
    let open = states.iter().enumerate().map(|(index, state)| {
        let order = 30 + index;
        format!(
            "{order},{order},2026-03-06 10:00:00,{state},0,0,0,0,0,0,9.00,0,USD,US,,{order},Vase,VASE,1,9.00,9.00,0,0,0"
        )
    });
    let paid = "40,40,2026-03-06 10:00:00,processing,0,0,0,0,0,0,9.00,0,USD,US,,40,Vase,VASE,1,9.00,9.00,0,0,0";
    let rows: Vec<String> = open.chain([paid.to_owned()]).collect();
    let told = woo(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    told.holds(&[("net_sales", "9.00"), ("units", "1.00"), ("cost_of_goods", "5.00")]);
    let demand = fs::read_to_string(told.project.path("reports/demand_daily.csv")).unwrap();
    assert_eq!(demand.lines().filter(|line| line.starts_with("2026-03-06")).count(), 1, "{demand}");
}

#[test]
fn what_was_kept_of_a_cancelled_woocommerce_order_is_income() {
    let told = woo(&[
        "15,15,2026-03-07 10:00:00,cancelled,0,0,0,0,2.00,0,22.00,16.50,USD,US,,1,Vase,VASE,1,20.00,20.00,2.00,0,0",
    ]);
    told.holds(&[("gross_sales", "0.00"), ("refunds", "0.00"), ("units", "0.00")]);
    let kept = told.asks("select l.gross as gross, l.tax as tax from order_lines as l where l.kind = 'kept'");
    assert_eq!(kept, ["5.00,0.50"]);
}

const BIGCOMMERCE: &str = "Order ID,Order Date,Order Status,Subtotal (inc tax),Subtotal (ex tax),Tax Total,\
    Shipping Cost (ex tax),Handling Cost (ex tax),Store Credit Redeemed,Gift Certificate Amount Redeemed,Coupon Details,\
    Order Total (inc tax),Order Total (ex tax),Total Quantity,Date Shipped,Order Currency Code,Shipping Country,\
    Product Details,Refund Amount\n";

fn bigcommerce(rows: &[&str]) -> Told {
    let text = format!("{BIGCOMMERCE}{}\n", rows.join("\n"));
    Told::by(&shop("bigcommerce", "USD", ""), &[("bigcommerce/orders.csv", &text)])
}

fn product(sku: &str, price: &str) -> String {
    format!(
        "\"Product ID: 7, Product Qty: 1, Product SKU: {sku}, Product Name: A {sku}, Product Unit Price: {price}, \
             Product Total Price: {price}\""
    )
}

#[test]
fn a_bigcommerce_total_tells_what_its_coupon_took_off() {
    let (lamp, vase) = (product("LAMP", "50.00"), product("VASE", "30.00"));
    let both = format!("{}|{}\"", lamp.trim_end_matches('"'), vase.trim_matches('"'));
    let told = bigcommerce(&[
        // twenty percent off 80.00, and 3.00 for handling
        &format!(
            "21,24/03/2026,Shipped,80.00,80.00,0.00,5.00,3.00,0.00,0.00,\"Coupon Code: FIFTH, Coupon Value: 20\",\
                  72.00,72.00,2,25/03/2026,USD,United States,{both},0.00"
        ),
        // prices that hold 10 % of tax, paid with 22.00 of store credit
        &format!(
            "22,24/03/2026,Shipped,55.00,50.00,5.00,0.00,0.00,22.00,0.00,,55.00,50.00,1,25/03/2026,USD,\
                  Australia,{},11.00",
            product("LAMP", "55.00")
        ),
        &format!(
            "23,24/03/2026,Awaiting Payment,50.00,50.00,0.00,0.00,0.00,0.00,0.00,,50.00,50.00,1,,USD,\
                  United States,{lamp},0.00"
        ),
        &format!(
            "24,24/03/2026,Incomplete,50.00,50.00,0.00,0.00,0.00,0.00,0.00,,50.00,50.00,1,,USD,\
                  United States,{lamp},0.00"
        ),
    ]);
    assert_eq!(told.differences(), Vec::<String>::new());
    told.holds(&[
        ("gross_sales", "130.00"),
        ("discounts", "16.00"),
        ("refunds", "10.00"),
        ("shipping_charged", "8.00"),
        ("units", "3.00"),
    ]);
}

const EBAY: &str = "Sales Record Number,Order Number,Post To Country,Item Number,Item Title,Custom Label,Quantity,\
    Sold For,Postage And Packaging,Seller Collected Tax,eBay Collected Tax,Total Price,\
    eBay Collected Tax and Fees Included in Total,Sale Date,Paid On Date,Dispatched On Date,Transaction ID\n";

const EBAY_ROWS: &str = "\
    1,24-1,United Kingdom,71,Lamp,LAMP,1,£59.99,£4.50,£0.00,£0.00,£64.49,Yes,18-Mar-26,18-Mar-26,19-Mar-26,901\n\
    2,24-2,Germany,71,Lamp,LAMP,1,£60.00,£0.00,£0.00,£11.40,£71.40,Yes,19-Mar-26,19-Mar-26,20-Mar-26,902\n\
    3,24-3,United Kingdom,72,Vase,VASE,2,£12.00,£0.00,£0.00,£0.00,£0.00,Yes,19-Mar-26,19-Mar-26,,903\n\
    4,24-4,United Kingdom,72,Vase,VASE,1,£12.00,£0.00,£0.00,£0.00,£12.00,Yes,20-Mar-26,,,904\n";

fn ebay(more: &str) -> Told {
    let settings = shop("ebay", "GBP", &format!("date-order = \"dmy\"\n{more}"));
    Told::by(&settings, &[("ebay/orders.csv", &format!("{EBAY}{EBAY_ROWS}"))])
}

#[test]
fn a_marketplace_that_tells_no_tax_is_asked_for_it() {
    let told = ebay("");
    // What was given back whole before it was sent was never sold.
    told.holds(&[("gross_sales", "119.99"), ("shipping_charged", "4.50"), ("refunds", "0.00")]);
    assert_eq!(told.differences(), Vec::<String>::new());
    let expected = "sales of 124.49 GBP on `ebay` may hold VAT";
    has(&told.output, &[expected, "`prices-hold-tax` under `[channel.ebay]`"]);
    let page = fs::read_to_string(told.project.path("reports/index.html")).unwrap();
    has(&page, &["may hold VAT"]);
}

#[test]
fn prices_hold_the_tax_that_the_settings_say() {
    // 59.99 holds 10.00 and 4.50 holds 0.75; both together 64.49 hold 10.75
    let told = ebay("prices-hold-tax = \"20%\"");
    told.holds(&[("gross_sales", "99.99"), ("shipping_charged", "3.75"), ("refunds", "0.00")]);
    assert!(!told.output.contains("may hold"), "{}", told.output);
    assert_eq!(told.differences(), Vec::<String>::new());
    // Abroad nothing is due, and one article has a rate of its own.
    let told = ebay("prices-hold-tax = { GB = \"20%\", VASE = \"0%\" }");
    told.holds(&[("gross_sales", "109.99"), ("shipping_charged", "3.75"), ("refunds", "0.00")]);
    assert!(!told.output.contains("may hold"), "{}", told.output);
}

#[test]
fn a_settlement_in_prices_with_tax_tells_an_unknown_sale_without_it() {
    let orders =
        "1,24-1,United Kingdom,71,Lamp,LAMP,1,£60.00,£6.00,£0.00,£0.00,£66.00,Yes,18-Mar-26,18-Mar-26,19-Mar-26,901\n";
    let transactions = "Transaction creation date,Type,Order number,Net amount,Payout currency,Payout date,Payout ID,Item ID,\
        Transaction ID,Custom label,Quantity,Item subtotal,Postage and packaging,Final Value Fee - fixed,\
        Final Value Fee - variable,Gross transaction amount,Transaction currency,Reference ID,Description\n\
        20 Mar 2026,Order,24-1,59.10,GBP,25 Mar 2026,777,71,901,LAMP,1,60,6,-0.3,-6.6,66,GBP,--,--\n\
        21 Mar 2026,Order,24-9,53.70,GBP,25 Mar 2026,777,71,909,LAMP,1,60,--,-0.3,-6,60,GBP,--,--\n\
        22 Mar 2026,Refund,24-1,-12,GBP,25 Mar 2026,777,--,--,--,--,--,--,--,--,-12,GBP,Refund 1,--\n\
        23 Mar 2026,Charge,--,20,GBP,25 Mar 2026,777,--,--,--,--,--,--,--,--,20,GBP,--,Charged to your card\n";
    let settings = shop("ebay", "GBP", "date-order = \"dmy\"\nprices-hold-tax = \"20%\"");
    let files = [("ebay/orders.csv", &*format!("{EBAY}{orders}")), ("ebay/transactions.csv", transactions)];
    let told = Told::by(&settings, &files);
    told.holds(&[
        ("gross_sales", "100.00"),
        ("shipping_charged", "5.00"),
        ("refunds", "10.00"),
        ("referral_fees", "13.20"),
        ("other_fees", "0.00"),
    ]);
    let sum = told.asks("select sum(l.amount) as amount from settlement_lines as l");
    assert_eq!(sum, ["120.80"]);
}

#[test]
fn a_rate_that_is_none_is_refused_with_its_line() {
    for wrong in ["\"twenty\"", "\"120%\"", "{ GB = \"0.2\" }"] {
        let told = ebay(&format!("prices-hold-tax = {wrong}"));
        has(&told.output, &["`prices-hold-tax` must be a rate from 0% to 50%", "trueup.toml:9"]);
    }
}

#[test]
fn an_order_in_another_currency_keeps_it() {
    let more = "5,24-5,United States,71,Lamp,LAMP,1,US $80.00,US $5.00,US $0.00,US $0.00,US $85.00,No,21-Mar-26,21-Mar-26,22-Mar-26,905\n\
                6,24-6,United Kingdom,71,Lamp,LAMP,1,£10.00,£0.00,£0.00,£0.00,£10.00,No,21-Mar-26,21-Mar-26,22-Mar-26,906\n";
    let settings = shop("ebay", "GBP", "date-order = \"dmy\"");
    let told = Told::by(&settings, &[("ebay/orders.csv", &format!("{EBAY}{more}"))]);
    let sold = told.asks("select l.currency as currency, l.gross as gross from order_lines as l order by currency");
    assert_eq!(sold, ["GBP,10.00", "USD,80.00"]);
}

#[test]
fn an_etsy_refund_that_the_statement_lacks_comes_from_the_payments() {
    let items = "Sale Date,Item Name,Quantity,Price,Discount Amount,Order Shipping,Order Sales Tax,Item Total,Currency,\
        Transaction ID,Date Paid,Date Shipped,Ship Country,Order ID,SKU\n\
        03/04/26,Lamp,1,70.00,0,4.00,0,70.00,USD,501,03/04/26,03/05/26,United States,7001,LAMP\n\
        03/05/26,Vase,1,20.00,0,0,0,20.00,USD,502,,,United States,7002,VASE\n";
    let orders = "Sale Date,Order ID,Number of Items,Currency,Order Value,Discount Amount,Shipping,Sales Tax,Order Total,\
        Status,Adjusted Order Total\n03/04/26,7001,1,USD,70.00,0,4.00,0,74.00,Shipped,0\n";
    let payments = "Payment ID,Order ID,Gross Amount,Fees,Net Amount,Currency,Order Date,Refund Amount\n\
        1,7001,74.00,2.50,71.50,USD,03/04/2026,30.00\n";
    let statement = "Date,Type,Title,Info,Currency,Amount,Fees & Taxes,Net,Tax Details\n\
        \"March 20, 2026\",Refund,Partial refund to buyer for Order #7001,,USD,-$12.00,--,-$12.00,--\n\
        \"March 21, 2026\",Payment,Payment of amount due,,USD,$12.00,--,$12.00,--\n";
    let files = [
        ("etsy/items.csv", items),
        ("etsy/orders.csv", orders),
        ("etsy/payments.csv", payments),
        ("etsy/statement.csv", statement),
    ];
    let told = Told::by(&shop("etsy", "USD", ""), &files);
    // The unpaid vase is not sold, and what the seller paid of the debt is no cost.
    told.holds(&[("gross_sales", "70.00"), ("refunds", "30.00"), ("other_fees", "0.00"), ("units", "1.00")]);
    assert_eq!(told.differences(), Vec::<String>::new());
}

const LINNWORKS: &str = "Order Id,Reference number,Received date,Processed date,Shipping cost,Order tax,Order total,\
    Currency,Status,Source,SubSource,SKU,Item title,Channel SKU,Item number,Quantity,Line tax,Line total excluding tax,\
    Is service,Composite parent SKU\n";

#[test]
fn linnworks_tells_the_shippings_tax_by_its_total_and_what_was_resent_was_given_away() {
    let rows = "1,A-1,2026-03-02 09:00:00,2026-03-03 09:00:00,6.00,12.00,72.00,GBP,PAID,WEB,One,LAMP,Lamp,LAMP,1,1,10.00,50.00,False,\n\
        1,A-1,2026-03-02 09:00:00,2026-03-03 09:00:00,6.00,12.00,72.00,GBP,PAID,WEB,One,,Gift wrapping,,2,1,1.00,5.00,True,\n\
        2,A-2,2026-03-04 09:00:00,2026-03-05 09:00:00,0.00,8.00,48.00,GBP,PAID,WEB,One,LAMP,Lamp,LAMP,1,1,9.00,45.00,False,\n\
        2,A-2,2026-03-04 09:00:00,2026-03-05 09:00:00,0.00,8.00,48.00,GBP,PAID,WEB,One,,Trade discount,,2,1,-1.00,-5.00,True,\n\
        3,A-1,2026-03-06 09:00:00,2026-03-07 09:00:00,0.00,0.00,0.00,GBP,RESEND,WEB,One,LAMP,Lamp,LAMP,1,1,0.00,0.00,False,\n\
        4,A-4,2026-03-06 09:00:00,,0.00,10.00,60.00,GBP,UNPAID,WEB,One,LAMP,Lamp,LAMP,1,1,10.00,50.00,False,\n";
    let settings = shop("linn", "GBP", "kind = \"other\"");
    let told = Told::by(&settings, &[("linn/orders.csv", &format!("{LINNWORKS}{rows}"))]);
    // 6.00 of shipping hold 1.00 of tax
    told.holds(&[("gross_sales", "95.00"), ("discounts", "5.00"), ("shipping_charged", "10.00"), ("units", "3.00")]);
    let given = told.asks(
        "select l.kind as kind, l.quantity as quantity from order_lines as l \
                           where l.kind not in ('article') order by kind",
    );
    assert_eq!(given, ["gift_wrap,1", "giveaway,1"]);
}

#[test]
fn a_magento_order_holds_the_shippings_tax_and_discount() {
    let header = "Order Number,Order Date,Order Status,Order Tax,Order Shipping,Order Discount,Order Grand Total,\
        Order Refunded,Shipping Country,Order Item Increment,Item Name,Item SKU,Item Price,Item Qty Ordered,\
        Item Qty Canceled,Item Qty Refunded,Item Tax,Item Discount,Item Total\n";
    let rows = "100,\"Mar 2, 2026 10:00:00 AM\",complete,4.40,6.00,-6.00,44.40,0.00,US,1,Lamp,LAMP,40.00,1,0,0,4.00,4.00,40.00\n\
        101,\"Mar 3, 2026 10:00:00 AM\",closed,0.00,0.00,0.00,40.00,,US,1,Lamp,LAMP,40.00,1,0,0,0.00,0.00,40.00\n\
        102,\"Mar 4, 2026 10:00:00 AM\",holded,0.00,0.00,0.00,40.00,,US,1,Lamp,LAMP,40.00,1,0,0,0.00,0.00,40.00\n";
    let settings = shop("magento", "USD", "kind = \"other\"");
    let told = Told::by(&settings, &[("magento/orders.csv", &format!("{header}{rows}"))]);
    told.holds(&[("gross_sales", "80.00"), ("discounts", "4.00"), ("shipping_charged", "4.00"), ("refunds", "40.00")]);
}

#[test]
fn a_rakuten_order_comes_to_what_was_billed_and_what_rakuten_paid() {
    let header = "注文番号,ステータス,注文日時,送料合計,決済手数料合計,請求金額,ポイント利用額,店舗発行クーポン利用額,\
        楽天発行クーポン利用額,送付先送料税率,商品明細ID,商品名,商品管理番号,単価,個数,税込別,商品税率\n";
    // 3,300 + 660 + 330 − 300 = 3,990, of which Rakuten pays 150
    let rows = "1-1,700,2026-03-01 08:00:00,660,330,3840,100,300,50,0.1,1,ランプ,LAMP,3300,1,1,0.1\n\
                1-2,200,2026-03-01 08:00:00,0,0,1100,0,0,0,0.1,2,花瓶,VASE,1100,1,1,0.1\n";
    let settings = shop("rakuten", "JPY", "kind = \"other\"");
    let told = Told::by(&settings, &[("rakuten/orders.csv", &format!("{header}{rows}"))]);
    assert_eq!(told.differences(), Vec::<String>::new());
    told.holds(&[("units", "1.00")]);
}

#[test]
fn a_plain_list_may_tell_what_its_orders_came_to_and_what_went_back() {
    let text = "order_id,sku,channel,qty,unit_price,currency,ordered_at,status,order_total,order_refunded\n\
        P-1,LAMP,portal,1,40.00,USD,2026-03-01T10:00:00Z,shipped,47.50,9.00\n\
        P-1,VASE,portal,1,5.00,USD,2026-03-01T10:00:00Z,shipped,47.50,9.00\n\
        P-2,VASE,portal,1,5.00,USD,2026-03-02T10:00:00Z,shipped,5.00,0.00\n";
    let told = Told::by(&shop("portal", "USD", "kind = \"other\""), &[("orders.csv", text)]);
    told.holds(&[("gross_sales", "50.00"), ("refunds", "9.00")]);
    assert_eq!(told.differences(), ["P-1,47.50,45.00"]);
}

#[test]
fn a_portal_whose_prices_hold_tax_gives_its_refunds_their_part() {
    let text = "order_id,sku,channel,qty,unit_price,currency,ordered_at,status,order_total,order_refunded\n\
        P-1,LAMP,portal,2,59.50,EUR,2026-03-01T10:00:00Z,shipped,119.00,23.80\n";
    let settings = shop("portal", "EUR", "kind = \"other\"\nprices-hold-tax = \"19%\"");
    let told = Told::by(&settings, &[("orders.csv", text)]);
    told.holds(&[("gross_sales", "100.00"), ("refunds", "20.00"), ("net_sales", "80.00")]);
    assert_eq!(told.differences(), Vec::<String>::new());
}
