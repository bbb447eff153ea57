//! Files that end without a line end: what is whole counts, and what may lack something does not.

use super::*;

const HEADER: &str = "order_id,line_id,updated_at,sku,quantity,unit_price,gross,currency,channel,status,ordered_at\n";
const AT: &str = "2026-01-05T10:00:00Z";

fn line(order: usize, line: usize, status: &str, ordered_at: &str) -> String {
    format!("{order},{line},{AT},S,1,3.00,3.00,USD,shopify,{status},{ordered_at}\n")
}

/// The lines that are rejected, and why.
fn rejected(records: &str) -> Vec<(u64, &'static str)> {
    let text = format!("{HEADER}{}", records.trim_end());
    let folder = shop("truth/order_lines.csv", &text);
    let told = |bytes| {
        let (rows, rejects, receipt) = read_with(folder.path(), "truth/order_lines.csv", bytes);
        assert_eq!(rows.len() + rejects.len(), receipt.rows_read as usize);
        rejects.iter().map(|reject| (reject.source_line, reject.code)).collect()
    };
    let whole = told(text.len());
    for bytes in (1..300).step_by(7) {
        assert_eq!(told(bytes), whole, "in blocks of {bytes}");
    }
    whole
}

#[test]
fn a_broken_last_record_says_nothing_of_the_one_before() {
    let before = line(1, 1, "paid", AT) + &line(4, 1, "paid", AT) + &line(4, 2, "paid", "2026-01-05T10:00:00");
    for last in ["4,3,x,S,1,3.00,3.00,USD,shopify,paid,2026,y", "4,3,\"a\"b,S,1,3,3,USD,shopify,paid,x", ",,,,,,,,,,"] {
        let rejected = rejected(&format!("{before}{last}"));
        assert_eq!(rejected.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5], "{last}: {rejected:?}");
    }
}

#[test]
fn a_last_cell_that_may_lack_something_leaves_half_an_order_behind() {
    let before = line(1, 1, "paid", AT) + &line(5, 1, "paid", AT);
    for (status, at) in [("paid", "2026-01-05T10:00"), ("zzz", "2026-01-05T10:00"), ("paid", "2026-01-0")] {
        let rejected = rejected(&(before.clone() + &line(5, 2, status, at)));
        assert_eq!(rejected.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4], "{at}: {rejected:?}");
        assert_eq!(rejected[0].1, "truncated_last_record");
    }
}

#[test]
fn the_only_time_of_its_column_is_held_to_the_others() {
    assert_eq!(rejected(&line(1, 1, "paid", "2026-01-05T10:00:00")), [(2, "bad_timestamp")]);
}

#[test]
fn a_whole_last_record_needs_no_line_end() {
    assert_eq!(rejected(&(line(1, 1, "paid", AT) + &line(5, 1, "paid", AT))), []);
}
