//! Tables below each other in one file: what stands under another header is of none of its columns.

use super::*;

const HEADER: &str = "order_id,line_id,updated_at,sku,quantity,unit_price,gross,currency,channel,status,ordered_at\n";
/// The same columns in another order, and fewer of them.
const SHUFFLED: &str = "sku,order_id,line_id,quantity,updated_at,unit_price,gross,currency,channel,ordered_at,status\n";
const OTHER: &str = "sku,quantity,gross\n";

fn lines(from: usize, count: usize) -> String {
    let line = |order: usize| {
        format!(
            "{order},1,2026-01-05T10:00:00Z,S-{order},1,3.00,3.00,USD,shopify,paid,2026-01-05T10:00:00Z\n{order},2,\
             2026-01-05T10:00:00Z,S,2,3.00,6.00,USD,shopify,paid,2026-01-05T10:00:00Z\n"
        )
    };
    (from..from + count).map(line).collect()
}

/// How many rows are read, and what is rejected, wherever the file is cut.
fn read(records: &str) -> (usize, Vec<(u64, &'static str, String)>) {
    let text = format!("{HEADER}{records}");
    let folder = shop("truth/order_lines.csv", &text);
    let told = |bytes| {
        let (rows, rejects, receipt) = read_with(folder.path(), "truth/order_lines.csv", bytes);
        assert!(receipt.balances());
        let rejects = rejects.into_iter().map(|reject| (reject.source_line, reject.code, reject.reason));
        (rows.len(), rejects.collect::<Vec<_>>())
    };
    let whole = told(text.len());
    for bytes in (1..2_000).step_by(61) {
        assert_eq!(told(bytes), whole, "in blocks of {bytes}");
    }
    whole
}

#[test]
fn what_stands_under_a_second_header_is_told_once_and_not_read() {
    for (header, repeats) in [(SHUFFLED, 11), (OTHER, 3)] {
        let (rows, rejects) = read(&format!("{}{header}{}", lines(1, 9), lines(20, 11)));
        assert_eq!((rows, rejects.len()), (18, 23), "{header}");
        let reason = format!("line 20 repeats {repeats} of this file's headers: a second table begins there");
        assert!(rejects.iter().all(|(_, code, told)| *code == "second_table" && *told == reason), "{rejects:?}");
    }
}

#[test]
fn the_files_own_header_ends_another_table() {
    let text = format!("{}{OTHER}{}{HEADER}{}", lines(1, 9), lines(20, 2), lines(30, 9));
    let (rows, rejects) = read(&text);
    assert_eq!(rows, 36);
    let codes: Vec<&str> = rejects.iter().map(|(_, code, _)| *code).collect();
    assert_eq!(codes, [["second_table"; 5].as_slice(), &["repeated_header"]].concat());
}

/// A row may say some of the words that are headers, and two are no header.
#[test]
fn a_row_is_no_header_for_a_word_or_two() {
    let row = "77,status,2026-01-05T10:00:00Z,sku,1,3.00,3.00,USD,shopify,paid,2026-01-05T10:00:00Z\n";
    assert_eq!(read(&format!("{}{row}{}", lines(1, 9), lines(20, 9))), (37, Vec::new()));
    let row = "sku,quantity,x\n";
    let (rows, rejects) = read(&format!("{}{row}{}", lines(1, 9), lines(20, 9)));
    assert_eq!((rows, rejects.len(), rejects[0].1), (36, 1, "field_count"));
}
