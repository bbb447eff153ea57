//! What a mapping can say, and how cells are read: dates, credit notes, rates, columns of two headers.

use std::fs;

use crate::project::{Project, has, said, stderr};

const SHOP: &str = "[shop]\ncurrency = \"USD\"\ntime-zone = \"America/Chicago\"\n\n[channel.market]\nkind = \"other\"\n\n\
    [channel.outlet]\nkind = \"other\"\n\n";

/// A mapping of order lines of `market`, with these columns beside the usual ones and these further keys.
fn orders(columns: &str, keys: &str) -> String {
    format!(
        "{SHOP}[mapping.sales]\nchannel = \"market\"\ntable = \"order_lines\"\n\
         columns = {{ order_id = \"No\", ordered_at = \"Day\", sku = \"Item\", quantity = \"Pcs\", unit_price = \"Each\"{columns} }}\n{keys}\n"
    )
}

const PAID: &str = "constants = { currency = \"USD\", status = \"completed\" }";

/// The answer of a query of the user's own.
fn answer(project: &Project, sql: &str) -> String {
    fs::write(project.path("mine.sql"), sql).unwrap();
    let output = project.trueup(&["query", "mine.sql"]);
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn ingested(settings: &str, files: &[(&str, &str)]) -> (Project, String) {
    let project = Project::of(settings, files);
    let told = stderr(&project.trueup(&["ingest"]));
    (project, told)
}

#[test]
fn the_month_before_tells_the_order_of_the_first_days_of_a_month() {
    let files = [
        ("market/may.csv", "No,Day,Item,Pcs,Each\n8,05-02-24,CUP,1,4.00\n9,05-03-24,CUP,1,4.00\n"),
        ("market/april.csv", "No,Day,Item,Pcs,Each\n6,04-02-24,CUP,1,4.00\n7,04-29-24,CUP,1,4.00\n"),
    ];
    let (project, told) = ingested(&orders("", PAID), &files);
    has(&told, &["Finished 4 rows from 2 files"]);
    let days = answer(&project, "select order_id, order_day from order_lines order by order_id\n");
    assert_eq!(days, "order_id,order_day\n6,2024-04-02\n7,2024-04-29\n8,2024-05-02\n9,2024-05-03\n");
}

#[test]
fn files_that_show_two_orders_are_named_and_decide_nothing_for_others() {
    let row = |day: &str, number: u32| format!("No,Day,Item,Pcs,Each\n{number},{day},CUP,1,4.00\n");
    let files = [
        ("market/a.csv", row("30/01/2024", 1)),
        ("market/b.csv", row("01/30/2024", 2)),
        ("market/c.csv", row("3/4/24", 3)),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (_, told) = ingested(&orders("", PAID), &files);
    has(
        &told,
        &["tells whether the day or the month comes first, and of its like", "a.csv` and `", "b.csv` show two orders"],
    );
}

#[test]
fn a_time_that_the_clocks_skip_costs_no_sale_in_any_layout() {
    let mapped = "No,Day,Item,Pcs,Each\n1,2024-03-10 02:15,CUP,1,4.00\n2,2024-03-10 03:15,CUP,1,4.00\n";
    let plain = "order_id,sku,channel,qty,unit_price,currency,ordered_at,status\n\
        P1,CUP,outlet,2,4.00,USD,2024-03-10 02:40:00,paid\n";
    let (project, told) = ingested(&orders("", PAID), &[("market/o.csv", mapped), ("portal.csv", plain)]);
    let wanted = [
        "1 time stands in the hour that the clocks of America/Chicago skipped: kept an hour later, on the day written",
        "set it as `time-zone` under `[mapping.sales]`",
        "exports/portal.csv:2",
        "Finished 3 rows from 2 files in",
    ];
    has(&told, &wanted);
    let days = answer(&project, "select order_id, order_day, ordered_at from order_lines order by order_id\n");
    assert_eq!(
        days,
        "order_id,order_day,ordered_at\n1,2024-03-10,2024-03-10T08:15:00Z\n2,2024-03-10,2024-03-10T08:15:00Z\n\
         P1,2024-03-10,2024-03-10T08:40:00Z\n"
    );
}

#[test]
fn days_that_are_not_kept_are_told_before_anything_is_mapped() {
    let file = "No,Day,Item,Pcs,Each\n1,1997-05-06,CUP,1,4.00\n";
    let project = Project::of(SHOP, &[("market/o.csv", file)]);
    let told = said(&project.trueup(&["ingest", "--explain", "exports/market/o.csv"]));
    has(&told, &["# `Day` has days outside 2000 to 2099, such as `1997-05-06`: their rows cannot be kept"]);
    has(&said(&project.trueup(&["ingest", "--columns", "stock"])), &["Times and days are of 2000 to 2099"]);
}

const CREDITED: &str =
    "No,Day,Item,Pcs,Each\n71,2024-02-01,CUP,5,4.00\nG72,2024-02-03,CUP,-2,4.00\n73,2024-02-04,FREIGHT,1,6.00\n";

#[test]
fn credit_notes_are_what_came_back_where_the_mapping_says_so() {
    let project = Project::of(&orders("", PAID), &[("market/o.csv", CREDITED)]);
    let check = project.trueup(&["check"]);
    assert_eq!(check.status.code(), Some(1));
    has(&stderr(&check), &["set `negative = \"refunded\"` under `[mapping.sales]`"]);
    let by_prefix = orders(
        ", status = \"No\"",
        "constants = { currency = \"USD\" }\nwords.status = { \"G*\" = \"refunded\", \"*\" = \"completed\" }",
    );
    for settings in [orders("", &format!("{PAID}\nnegative = \"refunded\"")), by_prefix] {
        let (project, told) = ingested(&settings, &[("market/o.csv", CREDITED)]);
        has(&told, &["Finished 3 rows from 1 file in"]);
        let refunds = answer(&project, "select order_id, sku, day, amount from mart_pnl_refunds order by order_id\n");
        assert_eq!(refunds, "order_id,sku,day,amount\nG72,CUP,2024-02-03,8.00\n", "its order may be unknown");
        let orphans = project.trueup(&["query", "check_refund_orphan"]);
        assert_eq!(String::from_utf8(orphans.stdout).unwrap().lines().count(), 1, "it is a document of its own");
    }
}

#[test]
fn codes_that_are_no_articles_are_in_no_demand() {
    let keys = format!("{PAID}\nnegative = \"refunded\"\nnot-articles = {{ \"FREI*\" = \"handling\" }}");
    let (project, _) = ingested(&orders("", &keys), &[("market/o.csv", CREDITED)]);
    let kinds = answer(&project, "select sku, kind from order_lines order by order_id\n");
    assert_eq!(kinds, "sku,kind\nCUP,article\nFREIGHT,handling\n");
    let demand = answer(&project, "select sku from fact_demand_daily order by sku\n");
    assert_eq!(demand, "sku\nCUP\n");
    let wrong = orders("", &format!("{PAID}\nnot-articles = {{ \"FREIGHT\" = \"postage\" }}"));
    let refused = Project::of(&wrong, &[]).trueup(&["check"]);
    has(
        &stderr(&refused),
        &["writes `postage` under `not-articles`, which is no kind of line", "its words are article,"],
    );
}

#[test]
fn a_refunded_state_is_a_sale_and_a_refund_and_counts_once_beside_others() {
    let file = "No,Day,Item,Pcs,Each,State,Off\n1,2024-02-01,CUP,3,4.00,done,\n2,2024-02-02,CUP,2,4.00,back,1.00\n";
    let columns = ", status = \"State\", discount = \"Off\"";
    let keys =
        "constants = { currency = \"USD\" }\nwords.status = { \"done\" = \"completed\", \"back\" = \"refunded\" }";
    let told_twice = "\n[mapping.returns]\nchannel = \"market\"\ntable = \"refund_lines\"\n\
        columns = { refund_id = \"Credit\", refunded_at = \"On\", order_id = \"Of\", amount = \"Money\" }\n\
        constants = { currency = \"USD\", disposition = \"unknown\" }\n";
    let settings = orders(columns, keys) + told_twice;
    let returns = ("market/returns.csv", "Credit,On,Of,Money\nR1,2024-02-02,2,7.00\n");
    let portal = "order_id,sku,channel,qty,unit_price,currency,ordered_at,status\n\
        P1,CUP,outlet,2,5.50,USD,2024-02-02,refunded\n";
    let (project, told) = ingested(&settings, &[("market/o.csv", file), returns, ("portal.csv", portal)]);
    has(&told, &["1 line is `refunded` with units above zero: sold, and given back in full", "portal.csv:2"]);
    let sold = answer(&project, "select channel, sku, units, gross, discount from mart_pnl_sales order by channel\n");
    assert_eq!(sold, "channel,sku,units,gross,discount\nmarket,CUP,5,20.00,1.00\noutlet,CUP,2,11.00,0.00\n");
    let back = "select channel, order_id, source, amount from mart_pnl_refunds order by channel, source\n";
    assert_eq!(
        answer(&project, back),
        "channel,order_id,source,amount\nmarket,2,order,7.00\nmarket,2,refund,7.00\noutlet,P1,order,11.00\n"
    );
    let run = project.trueup(&["run"]);
    assert!(run.status.success(), "{}", said(&run));
    let statement = fs::read_to_string(project.path("reports/pnl_by_channel.csv")).unwrap();
    has(&statement, &["market,USD,2,5,20.00,1.00,7.00,12.00", "outlet,USD,1,2,11.00,0.00,11.00,0.00"]);
}

/// Only the second line's state says that it came back whole; of the others the order does.
#[test]
fn what_the_order_says_went_back_is_not_told_as_its_lines_state() {
    let file = "No,Day,Item,Pcs,Each,State,Back\n1,2024-02-01,CUP,3,4.00,done,4.00\n2,2024-02-02,CUP,2,4.00,back,\n\
        3,2024-02-02,JUG,1,9.00,done,3.00\n";
    let columns = ", status = \"State\", order_refunded = \"Back\"";
    let keys =
        "constants = { currency = \"USD\" }\nwords.status = { \"done\" = \"completed\", \"back\" = \"refunded\" }";
    let (_, told) = ingested(&orders(columns, keys), &[("market/o.csv", file)]);
    has(&told, &["1 line is `refunded` with units above zero", "exports/market/o.csv:3"]);
    let (_, told) = ingested(&orders(columns, keys), &[("market/o.csv", &file.replace(",back,", ",done,"))]);
    assert!(!told.contains("is `refunded`"), "{told}");
}

#[test]
fn a_refund_that_names_the_orders_line_belongs_to_its_article() {
    let items = "Line,No,Day,Item,Pcs,Each\n501,1,2024-02-01,CUP,1,12.00\n502,1,2024-02-01,JUG,1,28.00\n";
    let settings = orders(", line_id = \"Line\"", PAID)
        + "\n[mapping.returns]\nchannel = \"market\"\ntable = \"refund_lines\"\n\
           columns = { refund_id = \"Credit\", refunded_at = \"On\", order_id = \"Of\", order_line_id = \"Line\", amount = \"Money\" }\n\
           constants = { currency = \"USD\", disposition = \"unknown\" }\n";
    let returns =
        "Credit,On,Of,Line,Money\nR1,2024-02-01,1,501,9.00\nR2,2024-02-01,1,,4.00\nR3,2024-02-20,1,502,3.00\n";
    let project = Project::of(&settings, &[("market/items.csv", items), ("market/returns.csv", returns)]);
    let run = stderr(&project.trueup(&["run"]));
    has(&run, &["refunds split over the SKUs of their orders, since they name none: 4.00 USD", "1 refund of 3.00 USD"]);
    let refunds = answer(&project, "select sku, refund_day, amount from fact_refunds order by sku, refund_day\n");
    assert_eq!(
        refunds,
        "sku,refund_day,amount\n(unallocated),2024-02-01,4.00\nCUP,2024-02-01,9.00\nJUG,2024-02-20,3.00\n"
    );
}

/// `Line` and `Position` count anew in every document; a `Line Item` of both files is one and the same.
#[test]
fn what_both_files_call_the_same_line_is_the_same() {
    let returns = "Credit,On,Of,Line,Position,Money\nR1,2024-02-01,1,502,1,9.00\n";
    let items = "Line,Position,No,Day,Item,Pcs,Each\n501,1,1,2024-02-01,CUP,1,12.00\n502,2,1,2024-02-01,JUG,1,28.00\n";
    for (line, sku, is_said) in
        [("Line", "(unallocated)", true), ("Position", "(unallocated)", true), ("Line Item", "JUG", false)]
    {
        let settings = orders(&format!(", line_id = \"{line}\""), PAID)
            + "\n[mapping.returns]\nchannel = \"market\"\ntable = \"refund_lines\"\n"
            + &format!(
                "columns = {{ refund_id = \"Credit\", refunded_at = \"On\", order_id = \"Of\", line_id = \"{line}\", amount = \"Money\" }}\n"
            )
            + "constants = { currency = \"USD\", disposition = \"unknown\" }\n";
        let renamed = |file: &str| file.replace("Line,", if line == "Line Item" { "Line Item," } else { "Line," });
        let (items, returns) = (renamed(items), renamed(returns));
        let files = [("market/items.csv", items.as_str()), ("market/returns.csv", returns.as_str())];
        let (project, told) = ingested(&settings, &files);
        assert_eq!(answer(&project, "select sku from fact_refunds order by sku\n"), format!("sku\n{sku}\n"), "{line}");
        let note = format!("their lines stand under `{line}`, which begins anew in every document");
        let key = format!("add `order_line_id = \"{line}\"` to the columns of `[mapping.returns]`");
        assert_eq!((told.contains(&note), told.contains(&key)), (is_said, is_said), "{told}");
        let is_of_orders = settings.replace(", line_id = \"", &format!(", order_line_id = \"{line}\", line_id = \""));
        let (project, told) = ingested(&is_of_orders.replacen(&format!(", order_line_id = \"{line}\""), "", 1), &files);
        assert!(!told.contains("begins anew"), "the user decided it: {told}");
        let sku = if line == "Position" { "CUP" } else { "JUG" };
        assert_eq!(answer(&project, "select sku from fact_refunds order by sku\n"), format!("sku\n{sku}\n"), "{line}");
    }
    let meant = said(&Project::of(SHOP, &[]).trueup(&["ingest", "--columns", "refund_lines"]));
    has(&meant, &["unless the header counts anew in every document"]);
}

/// The second line was cancelled: what the list says it would have cost is said and left out. The credit note brings
/// a part of its fee back.
#[test]
fn charges_of_lines_that_were_not_sold_are_left_out_and_said() {
    let file = "No,Day,Item,Pcs,Each,Cut,Post,State\n1,2024-02-01,CUP,4,25.00,6.40,3.10,done\n\
        1,2024-02-01,JUG,2,10.00,1.20,0.90,void\n2,2024-02-02,JUG,1,10.00,0.80,,done\nG9,2024-02-02,JUG,-1,10.00,-0.50,,done\n";
    let columns = ", fee = \"Cut\", shipping_cost = \"Post\", status = \"State\"";
    let keys = "constants = { currency = \"USD\" }\nnegative = \"refunded\"\n\
        words.status = { \"done\" = \"completed\", \"void\" = \"cancelled\" }";
    let project = Project::of(&orders(columns, keys), &[("market/o.csv", file)]);
    let run = project.trueup(&["run"]);
    assert!(run.status.success(), "{}", said(&run));
    has(&stderr(&run), &["tell fees of 2.10 USD of lines that were cancelled or never paid: left out"]);
    let charges = "select sku, kind, amount from mart_pnl_charges order by sku, kind\n";
    assert_eq!(
        answer(&project, charges),
        "sku,kind,amount\nCUP,referral_fee,-6.40\nCUP,shipping_label,-3.10\nJUG,referral_fee,-0.30\nJUG,shipping_label,0.00\n"
    );
}

#[test]
fn rates_and_costs_on_lines_reach_the_statement() {
    let file = "No,Day,Item,Pcs,Each,Off,Cost,Cut,Post\n1,2024-02-01,CUP,4,25.00,15%,9.00,6.40,3.10\n\
        2,2024-02-02,CUP,1,25.00,0.1,9.50,2.00,\n3,2024-02-03,JUG,1,10.00,,,,\n";
    let columns = ", discount_rate = \"Off\", unit_cost = \"Cost\", fee = \"Cut\", shipping_cost = \"Post\"";
    let costs = ("truth/costs.csv", "sku,from,unit_cost,currency\nJUG,2024-01-01,4.00,USD\n");
    let project = Project::of(&orders(columns, PAID), &[("market/o.csv", file), costs]);
    let run = project.trueup(&["run"]);
    assert!(run.status.success(), "{}", said(&run));
    let statement = fs::read_to_string(project.path("reports/pnl_by_sku.csv")).unwrap();
    let of = |sku: &str, column: &str| {
        let mut lines = statement.lines();
        let place = lines.next().unwrap().split(',').position(|header| header == column).unwrap();
        let line = lines.find(|line| line.contains(&format!(",{sku},"))).unwrap();
        line.split(',').nth(place).unwrap().to_owned()
    };
    let cup = ["discounts", "referral_fees", "shipping_paid", "cost_of_goods", "contribution"]
        .map(|column| of("CUP", column));
    // 15.00 + 2.50; 6.40 + 2.00; 4 × 9.00 + 9.50; 125.00 − 17.50 − 8.40 − 3.10 − 45.50
    assert_eq!(cup, ["17.50", "8.40", "3.10", "45.50", "50.50"]);
    assert_eq!(of("JUG", "cost_of_goods"), "4.00", "`costs` tells it");
}

#[test]
fn a_share_is_never_taken_for_money_in_silence() {
    let file = "No,Day,Item,Pcs,Each,Off\n1,2024-02-01,CUP,4,25.00,0.15\n2,2024-02-02,CUP,1,25.00,0.1\n";
    let columns = ", discount = \"Off\"";
    for command in [&["check"][..], &["ingest", "--explain", "exports/market/o.csv"], &["ingest"]] {
        let project = Project::of(&orders(columns, PAID), &[("market/o.csv", file)]);
        let told = stderr(&project.trueup(command));
        has(&told, &["every amount of `Off` lies between 0 and 1 (2 of them)", "`discount_rate = \"Off\"`"]);
    }
    let settings = orders(columns, &format!("{PAID}\namounts = [\"discount\"]"));
    let told = stderr(&Project::of(&settings, &[("market/o.csv", file)]).trueup(&["check"]));
    assert!(!told.contains("between 0 and 1"), "{told}");
}

#[test]
fn columns_of_two_headers_rows_to_leave_out_and_cells_filled_down() {
    let file = "Buyer,Date,Time,Shop,Item,Pcs,Each\nIDA,2024-02-01,9:30 PM,A,CUP,1,4.00\n,,,,JUG,2,5.00\n\
        Subtotal,,,,,3,\nBEN,2024-02-01,10:00,B,CUP,1,4.00\nIDA,2024-02-02,10:00,A,CUP,1,4.00\n";
    let settings = format!(
        "{SHOP}[mapping.sales]\ntable = \"order_lines\"\ncolumns = {{ order_id = [\"Buyer\", \"Date\"], \
         ordered_at = [\"Date\", \"Time\"], channel = [\"Shop\", \"Date\"], sku = \"Item\", quantity = \"Pcs\", unit_price = \"Each\" }}\n\
         {PAID}\nwords.channel = {{ \"A/*\" = \"market\", \"B/*\" = \"outlet\" }}\n\
         skip = {{ \"Buyer\" = \"Sub*\" }}\nfill-down = [\"order_id\", \"ordered_at\", \"channel\"]\n"
    );
    let (project, told) = ingested(&settings, &[("o.csv", file)]);
    has(&told, &["Finished 4 rows from 1 file in"]);
    let rows = answer(&project, "select channel, order_id, sku, ordered_at from order_lines order by order_id, sku\n");
    assert_eq!(
        rows,
        "channel,order_id,sku,ordered_at\noutlet,BEN/2024-02-01,CUP,2024-02-01T16:00:00Z\n\
         market,IDA/2024-02-01,CUP,2024-02-02T03:30:00Z\nmarket,IDA/2024-02-01,JUG,2024-02-02T03:30:00Z\n\
         market,IDA/2024-02-02,CUP,2024-02-02T16:00:00Z\n"
    );
    let explained = said(&project.trueup(&["ingest", "--explain", "exports/o.csv"]));
    has(&explained, &["records      4: 4 accepted, 0 rejected", "skipped by the mapping: 1 line"]);
}

#[test]
fn nothing_is_filled_down_from_another_order() {
    let file = "No,Day,Item,Pcs,Each\n1,2024-02-01,CUP,1,4.00\n,,JUG,1,5.00\n2,,CUP,1,4.00\n";
    let keys = format!("{PAID}\nfill-down = [\"order_id\", \"ordered_at\"]");
    let (_, told) = ingested(&orders("", &keys), &[("market/o.csv", file)]);
    has(&told, &["2 rows  market/o.csv, 1 rejected", "exports/market/o.csv:4", "`ordered_at` is empty"]);
}

#[test]
fn money_in_and_money_out_stand_in_two_columns() {
    let file = "Ref,When,In,Out,Was\n1,2024-02-01,40.00,,sale\n2,2024-02-02,,7.25,fee\n";
    let settings = |amount: &str| {
        format!(
            "{SHOP}[mapping.bank]\nchannel = \"market\"\ntable = \"settlement_lines\"\n\
             columns = {{ line = \"Ref\", posted_at = \"When\", amount = {amount}, kind = \"Was\" }}\n\
             constants = {{ currency = \"USD\", settlement_id = \"feb\" }}\n\
             words.kind = {{ \"fee\" = \"referral_fee\" }}\n"
        )
    };
    for (amount, expected) in [("{ plus = \"In\", minus = \"Out\" }", "-7.25"), ("[\"In\", \"Out\"]", "7.25")] {
        let sale = ("market/o.csv", "No,Day,Item,Pcs,Each\n1,2024-02-01,CUP,1,4.00\n");
        let settings = settings(amount) + orders("", PAID).strip_prefix(SHOP).unwrap();
        let (project, _) = ingested(&settings, &[("market/bank.csv", file), sale]);
        let rows = answer(&project, "select line, amount from settlement_lines order by line\n");
        assert_eq!(rows, format!("line,amount\n1,40.00\n2,{expected}\n"));
    }
    let refused = Project::of(&settings("{ plus = \"In\" }"), &[]).trueup(&["check"]);
    has(&stderr(&refused), &["expected a header, a list of headers, or `{ plus = \"CREDIT\", minus = \"DEBIT\" }`"]);
}

#[test]
fn check_counts_contradicting_rows_as_ingest_does() {
    let settings = format!(
        "{SHOP}[mapping.counts]\ntable = \"stock\"\ncolumns = {{ sku = \"Code\", on_hand = \"Have\" }}\nconstants = {{ location = \"main\" }}\n"
    );
    let file = "Code,Have,Note\nCUP,4,x\n#NAME?,2,y\nJUG,1,left\nJUG,3,right\n";
    let project = Project::of(&settings, &[("truth/count 2024-02-01.csv", file)]);
    let check = project.trueup(&["check"]);
    assert_eq!(check.status.code(), Some(1));
    let wanted = ["`#NAME?` is a spreadsheet's error", "4 | JUG,1,left", "`stock` has another row of this key"];
    has(&stderr(&check), &[&wanted[..], &["3 of 4 rows would be rejected"]].concat());
    assert!(!project.path("lake").exists(), "nothing is written");
    has(
        &stderr(&project.trueup(&["ingest"])),
        &[&wanted[..], &["1 row   truth/count 2024-02-01.csv, 3 rejected"]].concat(),
    );
}

#[test]
fn an_export_can_be_left_alone() {
    let settings = format!("{}\n[paths]\nignore = [\"market/old*.csv\"]\n", orders("", PAID));
    let good = "No,Day,Item,Pcs,Each\n1,2024-02-01,CUP,1,4.00\n";
    let files = [("market/o.csv", good), ("market/old-2019.csv", "No,Day,Item,Pcs,Each\n9,1999-01-01,CUP,1,4.00\n")];
    let project = Project::of(&settings, &files);
    let told = stderr(&project.trueup(&["ingest"]));
    has(&told, &["Finished 1 row from 1 file", "left alone, as `ignore = [\"market/old*.csv\"]` under `[paths]` says"]);
    assert_eq!(project.trueup(&["check"]).status.code(), Some(0));
}

#[test]
fn cancelled_lines_without_units_are_no_finding() {
    let file = "No,Day,Item,Pcs,Each,State\n1,2024-02-01,CUP,0,4.00,void\n2,2024-02-01,CUP,0,4.00,done\n";
    let keys =
        "constants = { currency = \"USD\" }\nwords.status = { \"void\" = \"cancelled\", \"done\" = \"shipped\" }";
    let (project, _) = ingested(&orders(", status = \"State\"", keys), &[("market/o.csv", file)]);
    let found = String::from_utf8(project.trueup(&["query", "check_order_quantity"]).stdout).unwrap();
    assert_eq!(found.lines().count(), 2, "{found}");
    has(&found, &["market,2,CUP#1"]);
}

#[test]
fn a_discount_in_whole_percents_is_read_where_the_mapping_says_so() {
    let text = "No;Day;Item;Pcs;Each;Off %\n1;2024-05-01;CUP;2;5,00;12,5\n2;2024-05-02;CUP;1;8,00;25 %\n3;2024-05-03;CUP;1;8,00;\n";
    let keys = format!("{PAID}\ndecimal = \",\"\n");
    let (_, told) = ingested(&orders(", discount_rate = \"Off %\"", &keys), &[("market/a.csv", text)]);
    has(
        &told,
        &[
            "`Off %`: not from 0 to 1",
            "if `Off %` holds percents, add `percent = [\"discount_rate\"]` under `[mapping.sales]`",
        ],
    );
    let percent = format!("{keys}percent = [\"discount_rate\"]\n");
    let (project, told) = ingested(&orders(", discount_rate = \"Off %\"", &percent), &[("market/a.csv", text)]);
    has(&told, &["Finished 3 rows from 1 file"]);
    let discounts = answer(&project, "select order_id, discount from order_lines order by order_id\n");
    assert_eq!(discounts, "order_id,discount\n1,1.25\n2,2.00\n3,\n");
    let (_, told) =
        ingested(&orders(", discount_rate = \"Off %\"", &percent), &[("market/a.csv", &text.replace("12,5", "125"))]);
    has(&told, &["it takes off more than the price, or is added to it: correct the cell"]);
    assert!(!told.contains("add `percent"), "it is there: {told}");
    let shares = text.replace("12,5", "0,125").replace("25 %", "0,25");
    let (_, told) = ingested(&orders(", discount_rate = \"Off %\"", &percent), &[("market/a.csv", &shares)]);
    has(&told, &["every rate of `Off %` lies between 0 and 1 (2 of them): are these percents, or shares?"]);
    let (_, told) = ingested(&orders("", &format!("{PAID}\npercent = [\"unit_price\"]")), &[]);
    has(&told, &["names `unit_price` in `percent`, which is no rate"]);
}

#[test]
fn a_total_below_the_rows_is_told_with_the_line_that_leaves_it_out() {
    let text = "No;Day;Item;Pcs;Each\n1;2024-05-01;CUP;2;5,00\n2;2024-05-02;TOTAL-7;1;8,00\nGesamt:;;;3;18,00\n";
    let keys = format!("{PAID}\ndecimal = \",\"\n");
    let (_, told) = ingested(&orders("", &keys), &[("market/a.csv", text)]);
    let skip = "skip = { No = \"Gesamt:\" }";
    has(
        &told,
        &[&format!(
            "if this row only adds the others up, write `{}` under `[mapping.sales]`",
            skip.replace("No", "\"No\"")
        )],
    );
    let (project, told) = ingested(&orders("", &format!("{keys}{skip}\n")), &[("market/a.csv", text)]);
    has(&told, &["Finished 2 rows from 1 file"]);
    assert!(!told.contains("rejected"), "{told}");
    assert_eq!(answer(&project, "select sku from order_lines order by sku\n"), "sku\nCUP\nTOTAL-7\n");
}

/// What the lines of a file with this header of its prices tell of their tax.
fn tax_under(header: &str, columns: &str, rest: [&str; 2]) -> String {
    let settings = orders(columns, PAID).replace("\"Each\"", &format!("\"{header}\"")).replace("\"USD\"", "\"EUR\"");
    let text = format!("No,Day,Item,Pcs,{header}{}\n8,2026-02-05,CUP,2,11.90{}\n", rest[0], rest[1]);
    let (project, told) = ingested(&settings, &[("market/o.csv", &text)]);
    has(&told, &["Finished 1 row"]);
    answer(&project, "select gross, tax from order_lines\n")
}

#[test]
fn a_header_says_whether_its_prices_hold_tax() {
    assert_eq!(tax_under("VK netto", "", ["", ""]), "gross,tax\n23.80,0.00\n", "nothing to ask");
    assert_eq!(tax_under("VK brutto", "", ["", ""]), "gross,tax\n23.80,\n", "how much is to be asked");
    let tax = ", tax = \"MwSt\"";
    assert_eq!(tax_under("VK netto", tax, [",MwSt", ",4.52"]), "gross,tax\n23.80,4.52\n");
    assert_eq!(tax_under("VK brutto", tax, [",MwSt", ",3.80"]), "gross,tax\n20.00,3.80\n");
}

#[test]
fn a_header_says_whether_what_went_back_holds_tax() {
    for (header, told) in [("Betrag netto", "false"), ("Amount incl. VAT", "true"), ("Betrag", "\"\"")] {
        let settings = format!(
            "{SHOP}[mapping.credits]\nchannel = \"market\"\ntable = \"refund_lines\"\ncolumns = {{ refund_id = \"Credit\", \
             order_id = \"No\", refunded_at = \"Day\", sku = \"Item\", amount = \"{header}\" }}\n\
             constants = {{ currency = \"EUR\", disposition = \"unknown\" }}\n{}",
            orders("", PAID).strip_prefix(SHOP).unwrap()
        );
        let text = format!("Credit,No,Day,Item,{header}\nG-1,8,2026-02-09,CUP,3.10\n");
        let order = "No,Day,Item,Pcs,Each\n8,2026-02-05,CUP,2,11.90\n";
        let (project, _) = ingested(&settings, &[("market/credits.csv", &text), ("market/o.csv", order)]);
        assert_eq!(answer(&project, "select tax_included from refund_lines\n"), format!("tax_included\n{told}\n"));
    }
}

/// A credit note's line has no number of its own, and the name that stands in for one is nothing to read.
#[test]
fn a_finding_names_order_and_article() {
    let settings = format!(
        "{SHOP}[mapping.credits]\nchannel = \"market\"\ntable = \"refund_lines\"\ncolumns = {{ refund_id = \"Credit\", \
         order_id = \"No\", refunded_at = \"Day\", sku = \"Item\", amount = \"Each\" }}\n\
         constants = {{ currency = \"USD\", disposition = \"unknown\" }}\n{}",
        orders("", PAID).strip_prefix(SHOP).unwrap()
    );
    let files = [
        ("market/credits.csv", "Credit,No,Day,Item,Each\nG-1,77,2026-02-09,CUP,3.10\n"),
        ("market/o.csv", "No,Day,Item,Pcs,Each\n8,2026-02-05,CUP,2,11.90\n"),
    ];
    let project = Project::of(&settings, &files);
    project.trueup(&["run"]);
    let checks = fs::read_to_string(project.path("reports/checks.csv")).unwrap();
    has(&checks, &["check_refund_orphan,warn,1,market G-1 CUP of order 77,"]);
}

#[test]
fn a_count_without_a_day_is_said_with_what_dates_it() {
    let settings = format!(
        "{SHOP}[mapping.count]\ntable = \"stock\"\ncolumns = {{ sku = \"Item\", on_hand = \"Pcs\" }}\n\
         constants = {{ location = \"main\" }}\n"
    );
    let text = "Item,Pcs\nCUP,4\nMUG,5\n";
    let (_, told) = ingested(&settings, &[("truth/count.csv", text)]);
    has(&told, &["2 counts say no day, and neither does the file's name", "such as `count_20"]);
    let (_, told) = ingested(&settings, &[("truth/count_2026-02-28.csv", text)]);
    assert!(!told.contains("say no day"), "{told}");
}
