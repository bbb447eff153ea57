//! What a document's own totals prove of its orders, on Shopify, TikTok Shop and plain files.

use trueup::types::Money;

use super::project::{Project, has, said};

pub(crate) const SHOPIFY: &str = "Name,Financial Status,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,\
    Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem requires shipping,\
    Lineitem taxable,Cancelled at,Refunded Amount,Duties,Payment Method,Shipping Country\n";
const COSTS: (&str, &str) = (
    "truth/costs.csv",
    "sku,from,unit_cost,currency\nMUG,2025-01-01,1.00,EUR\nPOT,2025-01-01,1.00,EUR\nBOWL,2025-01-01,1.00,EUR\n",
);

/// A shop with these channels, run, and what it says of itself.
pub(crate) struct Shop {
    pub(crate) project: Project,
    pub(crate) said: String,
}

impl Shop {
    pub(crate) fn run(channels: &str, files: &[(&str, &str)]) -> Self {
        let settings =
            format!("[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Berlin\"\nas-of = 2026-03-31\n\n{channels}\n");
        let files: Vec<(&str, &str)> = files.iter().copied().chain([COSTS]).collect();
        let project = Project::of(&settings, &files);
        let said = said(&project.trueup(&["run"]));
        Self { project, said }
    }

    /// The sums of these columns of the statement over its months; `unknown` where one is.
    pub(crate) fn sums(&self, columns: &[&str]) -> Vec<String> {
        columns.iter().map(|column| self.sum(column).map_or("unknown".to_owned(), |sum| sum.to_string())).collect()
    }

    pub(crate) fn sum(&self, column: &str) -> Option<Money> {
        let mut rows = csv::Reader::from_path(self.project.path("reports/pnl_by_channel.csv")).unwrap();
        let place = rows.headers().unwrap().iter().position(|header| header == column).unwrap();
        rows.records().map(|row| row.unwrap()[place].parse::<Money>().ok()).sum()
    }

    /// The answer of a query, line by line, without its header.
    pub(crate) fn query(&self, sql: &str) -> Vec<String> {
        std::fs::write(self.project.path("asked.sql"), sql).unwrap();
        let output = self.project.trueup(&["query", "asked.sql"]);
        String::from_utf8(output.stdout).unwrap().lines().skip(1).map(str::to_owned).collect()
    }
}

/// The first row of an order: what it says of itself, and its first line.
pub(crate) fn shopify(name: &str, state: &str, amounts: &str, line: &str, rest: &str) -> String {
    let fulfilled = if state.contains("fulfilled") { "" } else { "fulfilled" };
    format!("{name},{state},{fulfilled},,EUR,{amounts},2026-02-10 12:00:00 +0100,{line},{rest}\n")
}

pub(crate) fn more(name: &str, line: &str) -> String {
    format!("{name},,,,,,,,,,2026-02-10 12:00:00 +0100,{line},,,,,\n")
}

fn shop_of(orders: &[String]) -> Shop {
    let text = format!("{SHOPIFY}{}", orders.concat());
    Shop::run("[channel.shopify]", &[("shopify/orders_export.csv", &text)])
}

#[test]
fn prices_that_hold_their_tax_are_told_without_it() {
    let shop = shop_of(&[
        shopify("#1", "paid", "109.10,4.90,18.20,114.00,10.00", "1,Mug,119.10,MUG,true,true", ",0.00,,card,DE"),
        // the code takes the shipping off, not the goods
        shopify("#2", "paid", "59.50,5.95,9.50,59.50,5.95", "1,Pot,59.50,POT,true,true", ",0.00,,card,DE"),
        shopify("#3", "paid", "23.80,0.00,3.80,30.80,0.00", "1,Mug,23.80,MUG,true,true", ",0.00,,card,DE"),
        more("#3", "1,Tip,7.00,,false,false"),
        // its total proves nothing, so it is as most are
        shopify("#4", "paid", "11.90,0.00,1.90,99.00,0.00", "1,Mug,11.90,MUG,true,true", ",0.00,,card,DE"),
    ]);
    let net = shop.sums(&["net_sales", "shipping_charged", "other_income", "units"]);
    // 114.00 − 18.20 = 95.80 with the shipping's 4.12; then 50.00, 20.00 and 10.00
    assert_eq!(net, ["171.68", "4.12", "7.00", "4.00"], "{}", shop.said);
    let paid = "select sum(gross) - sum(discount) + sum(shipping_charged) + sum(tax) as paid from order_lines where order_id <> '#4'";
    assert_eq!(shop.query(paid), ["204.30"], "what was paid is net and tax to the cent");
}

#[test]
fn tax_on_top_leaves_prices_as_they_are() {
    let shop = shop_of(&[
        shopify("#1", "refunded", "80.00,6.00,8.60,97.60,0.00", "1,Mug,80.00,MUG,true,true", ",97.60,3.00,card,CA"),
        shopify("#2", "paid", "68.00,0.00,4.00,72.00,0.00", "1,Mug,40.00,MUG,true,true", ",0.00,,card,CA"),
        more("#2", "1,Gift Card - 25.00,25.00,,false,false"),
        more("#2", "1,Package Protection,3.00,PROTECT,false,false"),
    ]);
    let told = shop.sums(&["gross_sales", "refunds", "shipping_charged", "units", "units_without_cost"]);
    // the duties are the customs', the gift card is a debt, the insurance is sent with the goods
    assert_eq!(told, ["120.00", "86.00", "9.00", "2.00", "0.00"], "{}", shop.said);
    let demand = shop.query("select sum(units) as units from fact_demand_daily");
    assert_eq!(demand, ["2"]);
}

#[test]
fn a_line_that_an_edit_took_out_is_not_sold() {
    let shop = shop_of(&[
        shopify("#1", "paid", "30.00,0.00,0.00,30.00,0.00", "1,Mug,30.00,MUG,true,true", ",0.00,,card,DE"),
        more("#1", "2,Pot,12.00,POT,true,true"),
        // which of two alike went nobody can tell: the order's total stays apart from its lines
        shopify("#2", "paid", "15.00,0.00,0.00,15.00,0.00", "1,Mug,15.00,MUG,true,true", ",0.00,,card,DE"),
        more("#2", "1,Bowl,15.00,BOWL,true,true"),
    ]);
    assert_eq!(shop.sums(&["gross_sales", "units"]), ["60.00", "3.00"], "{}", shop.said);
}

#[test]
fn what_was_kept_of_a_cancelled_order_is_income() {
    let cancelled = "2026-02-11 12:00:00 +0100";
    let shop = shop_of(&[
        shopify(
            "#1",
            "partially_refunded",
            "59.50,0.00,9.50,59.50,0.00",
            "1,Mug,59.50,MUG,true,true",
            &format!("{cancelled},47.60,,card,DE"),
        ),
        shopify(
            "#2",
            "paid",
            "59.50,0.00,9.50,59.50,0.00",
            "1,Mug,59.50,MUG,true,true",
            &format!("{cancelled},0.00,,card,DE"),
        ),
    ]);
    let told = shop.sums(&["gross_sales", "refunds", "other_income", "units"]);
    // 11.90 of 59.50 with its tax; of what nobody paid back nothing is known to be kept
    assert_eq!(told, ["0.00", "0.00", "10.00", "0.00"], "{}", shop.said);
    has(&shop.said, &["buyers paid 59.50 EUR for orders of `shopify` that were cancelled", "nothing tells why"]);
    assert_eq!(shop.query("select order_id from mart_kept_money"), ["#2"]);
}

/// Of 20.00 for what was cancelled TikTok paid 14.50 back.
#[test]
fn what_was_kept_of_a_cancelled_tiktok_order_is_income() {
    let order = "57001,Canceled,Normal,1,MUG,Mug,1,20.00,20.00,0.00,0.00,20.00,0.00,0.00,20.00,14.50,13/02/2026 10:00:00,Germany\n";
    let whole = order.replace("57001,", "57002,").replace(",14.50,", ",20.00,");
    let shop = Shop::run("[channel.tiktok]", &[("tiktok/orders.csv", &format!("{TIKTOK}{order}{whole}"))]);
    let told = shop.sums(&["gross_sales", "refunds", "other_income", "units"]);
    assert_eq!(told, ["0.00", "0.00", "5.50", "0.00"], "{}", shop.said);
}

#[test]
fn what_nobody_paid_is_not_sold() {
    let order = |name: &str, state: &str, method: &str| {
        let row = shopify(
            name,
            state,
            "10.00,0.00,0.00,10.00,0.00",
            "1,Mug,10.00,MUG,true,true",
            &format!(",0.00,,{method},DE"),
        );
        row.replace(&format!("{state},fulfilled"), &format!("{state},unfulfilled"))
    };
    let shop = shop_of(&[
        order("#1", "pending", "Bank Deposit"),
        order("#2", "pending", "Cash on Delivery (COD)"),
        order("#3", "expired", "card"),
        order("#4", "authorized", "card"),
        shopify("#5", "pending", "10.00,0.00,0.00,10.00,0.00", "1,Mug,10.00,MUG,true,true", ",0.00,,Invoice,DE"),
    ]);
    assert_eq!(shop.sums(&["gross_sales", "units"]), ["30.00", "3.00"], "{}", shop.said);
    let states = shop.query("select order_id, status from order_lines order by order_id");
    assert_eq!(states, ["#1,unpaid", "#2,pending", "#3,unpaid", "#4,pending", "#5,shipped"]);
}

#[test]
fn movements_of_the_balance_are_no_costs_and_an_unknown_type_is_named() {
    let payments = "Transaction Date,Type,Order,Payout Status,Payout Date,Amount,Fee,Net,Checkout,Currency\n";
    let row = |kind: &str, order: &str, amount: &str| {
        format!("2026-02-12 12:00:00 +0100,{kind},{order},paid,2026-02-14,{amount},0.00,{amount},#c,EUR\n")
    };
    let rows = [
        row("charge", "#1", "50.00"),
        row("reserved_funds", "", "-10.00"),
        row("Lending Capital Remittance", "", "-5.00"),
        row("payout_failure", "", "35.00"),
        row("shopify_collective_debit", "", "-4.00"),
        row("moon_fee", "", "-1.00"),
    ];
    let orders = shopify("#1", "paid", "50.00,0.00,0.00,50.00,0.00", "1,Mug,50.00,MUG,true,true", ",0.00,,card,DE");
    let payouts = "Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,Retried Amount,Total,Currency\n\
                   2026-02-14,paid,50.00,0.00,-9.00,-10.00,0.00,12.00,43.00,EUR\n";
    let shop = Shop::run(
        "[channel.shopify]",
        &[
            ("shopify/orders_export.csv", &format!("{SHOPIFY}{orders}")),
            ("shopify/payments.csv", &format!("{payments}{}", rows.concat())),
            ("shopify/payouts.csv", payouts),
        ],
    );
    assert_eq!(shop.sums(&["net_sales", "other_fees", "contribution"]), ["50.00", "4.00", "45.00"], "{}", shop.said);
    assert!(shop.query("select code, text from rejects").iter().any(|row| row.contains("moon_fee")));
    // the 12.00 of an earlier payout that bounced come with this one and are no difference
    assert_eq!(shop.query("select total, lines_sum from mart_settlements"), ["31.00,31.00"]);
}

/// A gift card is settled with the goods, and a cancelled order was paid before.
#[test]
fn what_is_paid_beside_the_goods_is_not_paid_twice() {
    let shop_of = |orders: &[String], paid: &[(&str, &str, &str)]| {
        let payments = "Transaction Date,Type,Order,Payout Status,Payout Date,Amount,Fee,Net,Checkout,Currency\n";
        let rows = paid.iter().map(|(kind, order, amount)| {
            format!("2026-02-12 12:00:00 +0100,{kind},{order},paid,2026-02-14,{amount},0.00,{amount},#c{order}{amount},EUR\n")
        });
        let payments = format!("{payments}{}", rows.collect::<String>());
        let files = [
            ("shopify/orders_export.csv", &*format!("{SHOPIFY}{}", orders.concat())),
            ("shopify/paid.csv", &*payments),
        ];
        Shop::run("[channel.shopify]", &files)
    };
    let cancelled = "2026-02-11 12:00:00 +0100,18.00,,card,DE";
    let shop = shop_of(
        &[
            shopify("#1", "paid", "46.00,0.00,0.00,46.00,0.00", "1,Mug,9.00,MUG,true,true", ",0.00,,card,DE"),
            more("#1", "1,Gift Card,37.00,,false,false"),
            shopify("#2", "partially_refunded", "26.00,0.00,0.00,26.00,0.00", "1,Pot,26.00,POT,true,true", cancelled),
            shopify("#3", "paid", "9.00,0.00,0.00,9.00,0.00", "1,Mug,9.00,MUG,true,true", ",0.00,,card,DE"),
        ],
        &[
            ("charge", "#1", "46.00"),
            ("charge", "#2", "26.00"),
            ("refund", "#2", "-18.00"),
            ("charge", "#3", "9.00"),
            ("charge", "#3", "9.50"),
        ],
    );
    assert_eq!(shop.query("select order_id from check_settlement_sold_twice"), ["#3"], "{}", shop.said);
    let stated = shop.query("select order_id from mart_order_differences where against = 'document'");
    assert_eq!(stated, [] as [&str; 0], "the total of a cancelled order is that of what was cancelled");
    assert_eq!(shop.sums(&["gross_sales", "refunds", "other_income"]), ["18.00", "0.00", "8.00"]);
}

pub(crate) const TIKTOK: &str = "Order ID,Order Status,Normal or Pre-order,SKU ID,Seller SKU,Product Name,Quantity,\
    SKU Unit Original Price,SKU Subtotal Before Discount,SKU Platform Discount,SKU Seller Discount,\
    SKU Subtotal After Discount,Shipping Fee After Discount,Taxes,Order Amount,Order Refund Amount,Created Time,Country\n";

#[test]
fn tiktok_tells_refunds_samples_and_carts() {
    let orders = [
        // TikTok paid 2.00 of the 20.00, which go back with the buyer's 18.00
        "57001,Completed,Normal,1,MUG,Mug,1,20.00,20.00,2.00,0.00,18.00,0.00,0.00,18.00,18.00,13/02/2026 10:00:00,Germany\n",
        "57002,Completed,Sample Order,1,MUG,Mug,1,20.00,20.00,0.00,20.00,0.00,0.00,0.00,0.00,0.00,13/02/2026 10:00:00,Germany\n",
        "57003,Unpaid,Normal,1,MUG,Mug,3,20.00,60.00,0.00,0.00,60.00,0.00,0.00,60.00,0.00,13/02/2026 10:00:00,Germany\n",
        // 19 % in the prices: 23.80 with 3.80
        "57004,Completed,Normal,1,POT,Pot,1,23.80,23.80,0.00,0.00,23.80,0.00,3.80,23.80,0.00,13/02/2026 10:00:00,Germany\n",
    ];
    let shop = Shop::run("[channel.tiktok]", &[("tiktok/orders.csv", &format!("{TIKTOK}{}", orders.concat()))]);
    let told = shop.sums(&["refunds", "net_sales", "units", "cost_of_goods"]);
    assert_eq!(told, ["20.00", "20.00", "3.00", "3.00"], "{}", shop.said);
    assert_eq!(shop.query("select sum(units) as units from fact_demand_daily"), ["2"], "nobody wanted the sample");
}

#[test]
fn tiktoks_shipping_counts_once_in_either_statement() {
    let order = "57001,Completed,Normal,1,MUG,Mug,1,30.00,30.00,0.00,0.00,30.00,6.00,0.00,36.00,0.00,13/02/2026 10:00:00,Germany\n";
    let orders = format!("{TIKTOK}{order}");
    let older = "Order/adjustment ID,Type,Order settled time,Currency,Total settlement amount,Total Revenue,\
        Subtotal before discounts,Total Fees,TikTok Shop commission fee,Seller shipping fee,Actual shipping fee,\
        Customer shipping fee,Ajustment amount\n57001,Order,2026/02/20,EUR,26.50,30.00,30.00,-3.50,-1.50,-2.00,-8.00,6.00,0.00\n";
    let newer = "Order/adjustment ID,Type,Statement date,Currency,Total settlement amount,Net sales,Gross sales,Shipping,\
        TikTok Shop shipping fee,FBT fulfillment fee,Customer-paid shipping fee,Fees,Referral fee,Adjustment amount\n\
        57001,Order,2026/02/20,EUR,26.50,30.00,30.00,-2.00,-5.00,-3.00,6.00,-1.50,-1.50,0.00\n";
    let earned = |statement: &str| {
        let shop = Shop::run("[channel.tiktok]", &[("tiktok/orders.csv", &orders), ("tiktok/income.csv", statement)]);
        assert!(shop.query("select code from rejects").is_empty(), "{}", shop.said);
        shop.sums(&[
            "net_sales",
            "shipping_charged",
            "referral_fees",
            "fulfilment_fees",
            "shipping_paid",
            "contribution",
        ])
    };
    assert_eq!(earned(older), ["30.00", "6.00", "1.50", "0.00", "8.00", "25.50"]);
    assert_eq!(earned(newer), ["30.00", "6.00", "1.50", "3.00", "5.00", "25.50"]);
}

#[test]
fn a_currency_that_nobody_tells_is_asked_for() {
    let order = |country: &str| {
        let row =
            "57001,Completed,Normal,1,MUG,Mug,1,40.00,40.00,0.00,0.00,40.00,0.00,0.00,40.00,0.00,13/02/2026 10:00:00";
        format!("{TIKTOK}{row},{country}\n")
    };
    let rates = ("truth/exchange_rates.csv", "day,currency,into,rate\n2026-02-13,GBP,EUR,1.20\n");
    let british = order("United Kingdom");
    let files = [("tiktok/orders.csv", british.as_str()), rates];
    let shop = Shop::run("[channel.tiktok]", &files);
    has(&shop.said, &["`tiktok` over 40.00 name no currency", "`[channel.tiktok]`", "`currency = "]);
    assert!(!shop.said.contains("XXX"), "{}", shop.said);
    assert_eq!(shop.sums(&["gross_sales"]), ["unknown"]);

    let told = Shop::run("[channel.tiktok]\ncurrency = \"GBP\"", &files);
    assert_eq!(told.sums(&["gross_sales"]), ["48.00"], "{}", told.said);
    let home = order("Germany");
    let own = Shop::run("[channel.tiktok]", &[("tiktok/orders.csv", &home), rates]);
    assert_eq!(own.sums(&["gross_sales"]), ["40.00"], "{}", own.said);
}

/// eBay's report of orders has no column for it.
#[test]
fn other_channels_may_not_tell_their_currency_either() {
    let header = "Sales Record Number,Order Number,Buyer Username,Post To Country,Item Number,Item Title,Custom Label,\
        Quantity,Sold For,Postage And Packaging,Seller Collected Tax,eBay Collected Tax,Total Price,\
        eBay Collected Tax and Fees Included in Total,Sale Date,Paid On Date,Dispatched On Date,Transaction ID";
    let row = "1,24-1,buyer,France,22,Mug,MUG,1,12.00,0.00,0.00,0.00,12.00,No,18-Feb-26,18-Feb-26,19-Feb-26,901";
    let orders = &format!("{header}\n{row}\n");
    let files = [("ebay/orders.csv", orders.as_str())];
    assert_eq!(Shop::run("[channel.ebay]", &files).sums(&["gross_sales"]), ["12.00"]);
    let abroad = orders.replace("France", "Australia");
    let shop = Shop::run("[channel.ebay]", &[("ebay/orders.csv", &abroad)]);
    has(&shop.said, &["`ebay` over 12.00 name no currency"]);
}

#[test]
fn the_settings_know_what_is_no_article() {
    let orders = "order_id,line_id,channel,sku,title,qty,unit_price,currency,ordered_at,status\n\
        1,1,portal,MUG,Mug,2,10.00,EUR,2026-02-10T12:00:00Z,paid\n\
        1,2,portal,FEE-07,For the band,1,5.00,EUR,2026-02-10T12:00:00Z,paid\n\
        1,3,portal,SVC,Engraved as you wish,1,4.00,EUR,2026-02-10T12:00:00Z,paid\n";
    let channel = "[channel.portal]\nkind = \"other\"\n\
        not-articles = { \"fee-*\" = \"tip\", \"svc\" = \"handling\" }";
    let shop = Shop::run(channel, &[("orders.csv", orders)]);
    let told = shop.sums(&["gross_sales", "shipping_charged", "other_income", "units", "units_without_cost"]);
    assert_eq!(told, ["20.00", "4.00", "5.00", "2.00", "0.00"], "{}", shop.said);

    let wrong = Shop::run(
        "[channel.portal]\nkind = \"other\"\nnot-articles = { \"fee-*\" = \"bribe\" }",
        &[("orders.csv", orders)],
    );
    has(&wrong.said, &["`not-articles` does not know this word", "`gift_card`"]);
}
