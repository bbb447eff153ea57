//! The tables that others read: names and order of their columns.

use trueup::config::ChannelKind;
use trueup::lake::{LineRole, ORDER_LINE_KINDS, Rows};
use trueup::pnl::{LINES, NOT_EARNINGS};

use super::books::{Books, PLAIN};

fn columns(rows: &Rows) -> Vec<String> {
    rows.batch().schema().fields().iter().map(|field| field.name().clone()).collect()
}

const STATEMENT: &str = "currency, orders, units, gross_sales, discounts, refunds, net_sales, shipping_charged, other_income, \
    referral_fees, fulfilment_fees, payment_fees, storage_fees, other_fees, shipping_paid, advertising, return_costs, \
    reimbursements, cost_of_goods, contribution, contribution_rate, settled_share";

fn begins(rows: &Rows, key: &str, rest: &str) {
    let expected: Vec<&str> = key.split(", ").chain(rest.split(", ")).map(str::trim).collect();
    assert_eq!(columns(rows)[..expected.len()], expected, "`{}`", rows.name());
}

#[test]
fn sheets_have_the_columns_that_others_rely_on() {
    let pnl = Books::new(&[]).work();
    begins(&pnl.by_channel_sheet(), "month, channel", STATEMENT);
    begins(&pnl.by_sku_sheet(), "month, channel, sku", STATEMENT);
    begins(&pnl.losing_sheet(), "channel, sku", "units, net_sales, contribution, per_unit, tipped_by");
    let settlements = "total, lines_sum, difference, orders, unmatched_orders";
    begins(&pnl.settlements_sheet(), "channel, settlement_id", settlements);
    begins(&pnl.unmatched_sheet(), "side, channel, order_id, line", "kind, amount, age_days, reason");
    let differences = "total, lines_sum, difference, part, currency";
    begins(&pnl.order_differences_sheet(), "channel, order_id, against", differences);
}

#[test]
fn every_line_stands_in_the_sheet_with_its_estimate() {
    let pnl = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with("order_lines", "channel,order_id,order_day,sku,quantity,gross\nwholesale,W1,2026-02-03,MUG,1,40.00")
        .work();
    for sheet in [pnl.by_channel_sheet(), pnl.by_sku_sheet()] {
        assert_eq!(sheet.len(), 1);
        for line in LINES {
            let unknown = ["cost_of_goods", "contribution"].contains(&line.column);
            assert_eq!(sheet.money(line.column).unwrap().get(0).is_none(), unknown, "`{}`", line.column);
            if let Some(estimated) = line.estimated {
                assert!(sheet.money(estimated).unwrap().get(0).is_some(), "`{estimated}`");
            }
        }
        assert_eq!(sheet.integer("units_without_cost").unwrap().get(0), Some(1));
    }
}

/// The query leaves out exactly the kinds that stand in no line.
#[test]
fn the_query_of_fees_knows_the_same_kinds() {
    let sql = include_str!("../../../queries/fact_fees.sql");
    let list: Vec<String> = NOT_EARNINGS.iter().map(|kind| format!("'{kind}'")).collect();
    assert!(sql.contains(&format!("l.kind not in ({})", list.join(", "))), "fact_fees.sql and NOT_EARNINGS differ");
}

/// The query counts each kind of order line as the lake's list says.
#[test]
fn the_query_of_sales_knows_every_kind_of_line() {
    let sql = include_str!("../../../queries/fact_sales.sql");
    let of = |role: LineRole| -> String {
        let kinds = ORDER_LINE_KINDS.iter().filter(|(_, of)| *of == role);
        kinds.map(|(kind, _)| format!("'{kind}'")).collect::<Vec<_>>().join(", ")
    };
    for (role, word) in [(LineRole::Goods, "goods"), (LineRole::Delivery, "delivery"), (LineRole::Income, "income")] {
        let case = format!("when l.kind in ({}) then '{word}'", of(role));
        assert!(sql.contains(&case), "`{case}` does not stand in the query");
    }
    assert!(sql.contains("else 'held'"));
}
