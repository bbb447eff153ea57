//! Queries over a lake: the catalogue, the guard, partials by month.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use trueup::lake::{Lake, Table};
use trueup::query::{Catalogue, Marts, Query, RunParameters, check_sql};
use trueup::types::Currency;

use crate::lake::{Line, commit, line, order_lines};

pub(crate) fn run() -> RunParameters {
    RunParameters::new("2026-02-28".parse().unwrap(), Currency::USD)
}

#[test]
fn a_query_answers_from_memory_and_from_the_lake_alike() {
    let lines = || {
        let second = Line { day: "2026-01-05", ..line("B", None, 1, "a.csv", 3) };
        [line("A", Some(10), 1, "a.csv", 2), second]
    };
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, _) = commit(folder.path(), "1", &lines());
    let marts = Marts::open(&snapshot, run(), Vec::new()).unwrap();
    let from_lake = marts.rows("fact_identifiers").unwrap();
    let again = Marts::open(&Lake::open(folder.path()).unwrap().snapshot().unwrap(), run(), Vec::new()).unwrap();
    assert_eq!(from_lake.batch(), again.rows("fact_identifiers").unwrap().batch());
    let in_memory = Marts::in_memory(vec![order_lines(&lines())], run()).unwrap();
    assert_eq!(in_memory.rows("fact_identifiers").unwrap().batch(), from_lake.batch());
    assert_eq!(from_lake.len(), 2);
}

#[test]
fn a_reader_whose_files_went_after_it_had_checked_them_is_told_to_run_again() {
    const SQL: &str = "select sku from order_lines order by sku";
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, _) = commit(folder.path(), "1", &[line("A", None, 1, "a.csv", 2)]);
    let marts = Marts::open(&snapshot, run(), Vec::new()).unwrap();
    marts.sql("q.sql", SQL).unwrap();
    commit(folder.path(), "2", &[line("B", None, 1, "b.csv", 2)]);
    assert_eq!(marts.sql("q.sql", SQL).unwrap_err().code, "lake-changed");
}

/// `src/query/list.rs` names every file of `queries/`; `TRUEUP_BLESS=1` writes it anew.
#[test]
fn the_list_names_every_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(root.join("queries")).unwrap().map(|entry| entry.unwrap().path());
    let sql = files.filter(|path| path.extension().is_some_and(|end| end == "sql"));
    let names: BTreeSet<String> = sql.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let list = root.join("src/query/list.rs");
    let text = fs::read_to_string(&list).unwrap();
    let (head, _) = text.split_once("&[\n").unwrap();
    let lines = names.iter().map(|name| format!("    (\"{name}\", include_str!(\"../../queries/{name}.sql\")),\n"));
    let expected = format!("{head}&[\n{}];\n", lines.collect::<String>());
    if std::env::var_os("TRUEUP_BLESS").is_some() {
        fs::write(&list, &expected).unwrap();
    }
    assert_eq!(text, expected, "run this test with TRUEUP_BLESS=1 and build again");
}

#[test]
fn every_query_is_portable_and_reads_what_it_says() {
    for query in Catalogue::built_in().unwrap().queries() {
        let portable = check_sql(&query.path(), &query.sql).unwrap_or_else(|refused| {
            panic!("{refused}\n{:?}", refused.hint);
        });
        let reads: BTreeSet<String> = query.reads.iter().cloned().collect();
        assert_eq!(portable.tables, reads, "`reads` of {}", query.path());
    }
}

#[test]
fn every_query_ends_with_the_order_of_its_grain() {
    for query in Catalogue::built_in().unwrap().queries() {
        let (_, order) = query.sql.rsplit_once("order by").unwrap_or_else(|| panic!("{} has no order", query.path()));
        let columns: Vec<&str> = order.trim().trim_end_matches(';').split(',').map(str::trim).collect();
        let plain: Vec<&str> = columns.iter().map(|name| name.rsplit('.').next().unwrap().trim_matches('"')).collect();
        assert!(
            plain.starts_with(&query.grain.iter().map(String::as_str).collect::<Vec<_>>()),
            "`order by` of {}",
            query.path()
        );
    }
}

#[test]
fn every_query_answers_an_empty_shop() {
    let marts = Marts::in_memory(Vec::new(), run()).unwrap();
    for query in Catalogue::built_in().unwrap().queries() {
        let rows = marts.rows(&query.name).unwrap_or_else(|error| panic!("{}: {error}", query.name));
        for name in &query.grain {
            assert!(rows.batch().column_by_name(name).is_some(), "{} lacks its grain's `{name}`", query.name);
        }
    }
}

/// Each construct with a part of the reason it is refused for.
const REFUSED: &[(&str, &str)] = &[
    ("delete from order_lines", "one `select`"),
    ("select 1 as a; select 2 as b", "one `select`"),
    ("with recursive a as (select 1 as n union all select n + 1 as n from a) select n from a", "no recursive"),
    (
        "select t.sku from stock as t left join products as u on t.sku = u.sku and u.lead_time_days > 0",
        "without a partner",
    ),
    ("select t.sku from stock as t left join products as u on t.sku = u.sku and u.title = 'x'", "without a partner"),
    (
        "select t.sku from stock as t left join costs as u on t.sku = u.sku and t.stock_day >= u.\"from\"",
        "without a partner",
    ),
    ("select t.sku from stock as t full join products as u using (sku)", "left key only"),
    ("select t.sku from stock as t right join products as u on t.sku = u.sku", "on the left"),
    (
        "select t.sku from stock as t inner join products as u on t.sku = u.sku or t.on_hand = u.case_pack",
        "does not join",
    ),
    (
        "select t.sku from stock as t inner join costs as u on t.stock_day between u.\"from\" and u.until",
        "does not join",
    ),
    ("select t.sku from stock as t inner join products as u on sku = u.sku", "the one table with columns of the other"),
    ("select t.sku from stock as t natural join products as u", "is not written"),
    ("select t.sku from stock as t, products as u", "easily forgotten"),
    ("select t.sku from stock as t semi join products as u on t.sku = u.sku", "do not have it alike"),
    ("select sku from stock where on_hand > (select max(on_hand) as m from stock)", "the engine has none"),
    ("select count(*) as n from stock", "a difference wraps"),
    ("select sku, row_number() over (order by sku) as n from stock", "a difference wraps"),
    ("select sku, cast(row_number() over (partition by sku) as bigint) as n from stock", "the answer is chance"),
    ("select sku, sum(on_hand) over (order by \"at\") as n from stock", "where the order has ties"),
    (
        "select sku, sum(on_hand) over (order by \"at\" rows between 3 preceding and current row) as n from stock",
        "ties",
    ),
    ("select sku, avg(on_hand) over (partition by sku) as n from stock", "money a float"),
    ("select sku, lag(on_hand, 1, 0) over (order by \"at\") as n from stock", "the engine has none"),
    ("select sku, lag(on_hand, 1) over (order by sku asc, \"at\" desc) as n from stock", "one direction only"),
    ("select sku, sum(sum(on_hand)) over () as n from stock group by sku", "per group"),
    ("select sku, sum(case when on_hand > 0 then 1 else 0 end) as n from stock group by sku", "32 bits"),
    ("select sku, sum(distinct on_hand) as n from stock group by sku", "do not have it alike"),
    ("select on_hand / 2 as half from stock", "fractions in some engines"),
    ("select on_hand % 2 as odd from stock", "negative numbers"),
    ("select price * 0.15 as fee from products", "rounded"),
    ("select round(price) as whole from products", "never rounds"),
    ("select cast(on_hand as integer) as small from stock", "its width"),
    ("select cast('2026-02-28 00:00:00' as timestamp) as t from stock", "differently"),
    ("select stock_day + interval '7' day as d from stock", "do not have it alike"),
    ("select date_trunc('month', stock_day) as m from stock", "the engine has none"),
    ("select extract(month from stock_day) as m from stock", "overflows"),
    ("select current_date as d from stock", "its own day"),
    ("select sku from stock where (on_hand > 0) is true", "null"),
    ("select sku from stock where sku is distinct from location", "few places"),
    ("select SKU from stock", "capital letters"),
    ("select on_hand as stock from stock", "stands for the table"),
    ("select min(at) as first_at from stock group by sku", "a word of the language"),
    ("select on_hand + 1 from stock", "name it differently"),
    ("select t.sku, u.sku from stock as t inner join products as u on t.sku = u.sku", "second one"),
    ("select * from stock as t inner join products as u on t.sku = u.sku", "name the columns differently"),
    ("select distinct on (sku) sku, \"at\" from stock", "do not have it alike"),
    ("select sku from stock group by all", "do not have it alike"),
    ("select sku from stock group by rollup (sku)", "the engine has none"),
    ("select sku from stock qualify cast(row_number() over (order by sku) as bigint) = 1", "do not have it alike"),
    ("select median(on_hand) as m from stock", "Rust's"),
    ("select regexp_matches(sku, 'a') as m from stock", "not known"),
    ("select sku from stock where sku ~ 'a'", "do not have it alike"),
    ("select strpos(sku, 'a') as m from stock", "bytes"),
    ("select x from unnest(array[1]) as t(x)", "do not have it alike"),
    ("select sku from read_csv('/etc/passwd')", "do not have it alike"),
    ("select sku from '/etc/passwd'", "do not have it alike"),
];

#[test]
fn what_engines_answer_differently_is_refused_with_the_reason() {
    for (sql, reason) in REFUSED {
        match check_sql("query.sql", sql) {
            Ok(_) => panic!("let through: {sql}"),
            Err(refused) => {
                assert!(refused.message.contains(reason), "{sql}\n  {} \n  lacks {reason:?}", refused.message);
                assert!(refused.place.is_some(), "{sql}: no place");
            }
        }
    }
}

#[test]
fn a_refusal_names_the_line_and_the_words() {
    let refused = check_sql("mine.sql", "select\n    sku,\n    round(on_hand) as r\nfrom stock").unwrap_err();
    let place = refused.place.as_ref().unwrap();
    let excerpt = place.excerpt.as_ref().unwrap();
    assert_eq!((place.path.to_str().unwrap(), place.line), ("mine.sql", Some(3)));
    assert_eq!(excerpt.text, "    round(on_hand) as r");
    assert!(excerpt.text[excerpt.span.clone()].starts_with("round"), "{:?}", excerpt.span);
}

const PORTABLE: &[&str] = &[
    "select * from stock limit 5",
    "select t.sku as sku, cast(count(*) as bigint) as n from stock as t left join products as u on t.sku = u.sku group by t.sku",
    "select t.sku as sku from stock as t inner join costs as u on t.sku = u.sku and t.stock_day >= u.\"from\"",
    "with a as (select sku as sku, cast(row_number() over (partition by sku order by \"at\" desc) as bigint) as n from stock) \
     select sku from a where n = 1",
    "select sku, sum(on_hand) over (partition by sku order by \"at\" rows between unbounded preceding and current row) as n from stock",
    "select sku from products where not exists (select 1 from stock where stock.sku = products.sku)",
    "select sku as sku, sum(case when on_hand > 0 then on_hand else 0 end) as n from stock group by sku having sum(on_hand) > 1",
    "select cast(count(distinct sku) as bigint) as n from stock where \"at\" >= timestamp '2026-01-01 00:00:00'",
    "select run.as_of - interval '28 days' as d from run",
];

#[test]
fn the_portable_subset_is_let_through_and_answered() {
    let marts = Marts::in_memory(Vec::new(), run()).unwrap();
    for sql in PORTABLE {
        check_sql("query.sql", sql).unwrap_or_else(|refused| panic!("{sql}\n  {refused}"));
        if let Err(error) = marts.sql("query.sql", sql) {
            panic!("{sql}\n  {error}");
        }
    }
    let unknown = marts.sql("query.sql", "select a from nowhere").unwrap_err();
    assert_eq!(unknown.code, "unknown-table");
}

#[test]
fn an_unknown_name_is_marked_where_it_is_read() {
    let marts = Marts::in_memory(Vec::new(), run()).unwrap();
    let cases = [
        ("select 'stok' as a, -- stok\n stok.sku as sku\nfrom /* stok */ stok", "stok", (3, 16)),
        (
            "select sku, 'skuu' as a -- skuu\nfrom stock as skuu\nwhere /* skuu */ 'skuu''s' = sku\n and skuu = 'a'",
            "skuu",
            (4, 5),
        ),
        ("select sku as \"skuu x\" from stock where\n 'ä' = '\nskuu' and stock.skuu = 'a'", "skuu", (3, 16)),
    ];
    for (sql, name, (line, column)) in cases {
        let problem = marts.sql("query.sql", sql).unwrap_err();
        assert!(problem.code.starts_with("unknown-"), "{problem}");
        let place = problem.place.as_ref().unwrap();
        let excerpt = place.excerpt.as_ref().unwrap_or_else(|| panic!("{sql}\n{problem}"));
        assert_eq!(&excerpt.text[excerpt.span.clone()], name, "{sql}");
        assert_eq!((place.line.unwrap(), excerpt.span.start), (line, column), "{sql}");
    }
}

#[test]
fn headers_that_lie_are_refused() {
    let good = "-- mart_a: what.\n--\n-- grain  sku\n-- reads  stock,\n--        products (all)\n-- by month\nselect";
    let query = Query::parse("mart_a", good).unwrap();
    assert_eq!((query.purpose.as_str(), query.by_month), ("what.", true));
    let view = Query::parse("mart_a", &good.replace("by month", "as view")).unwrap();
    assert!(view.is_view && !view.by_month);
    assert_eq!(query.reads, ["stock", "products"]);
    let cases = [
        ("mart_b", good, "query-header"),
        ("mart_a", "-- mart_a: what.\n-- grain  sku\nselect", "query-header"),
        ("mart_a", "-- mart_a: what.\n-- grain  sku\n-- reads  stock\n-- colour  red\nselect", "query-header"),
        ("check_a", "-- check_a: what.\n-- grain  sku\n-- reads  stock\nselect", "query-header"),
        ("mart_a", "-- mart_a: what.\n-- grain  sku\n-- reads  stock\n-- needs  stock\nselect", "query-header"),
        (
            "check_a",
            "-- check_a: what.\n-- grain  sku\n-- reads  stock\n-- needs  shelf\n-- level  warn\nselect",
            "query-header",
        ),
        ("mart_a", "-- mart_a: what.\n-- grain  sku\n-- reads  nowhere\nselect", "query-reads"),
        ("stock", "-- stock: what.\n-- grain  sku\n-- reads  products\nselect", "query-name"),
    ];
    for (name, sql, code) in cases {
        assert_eq!(Catalogue::new([(name, sql)]).unwrap_err().code, code, "{sql}");
    }
}

#[test]
fn queries_in_a_circle_are_refused() {
    let header = |name: &str, reads: &str| format!("-- {name}: x.\n-- grain  a\n-- reads  {reads}\nselect");
    let (a, b) = (header("mart_a", "mart_b"), header("mart_b", "mart_a"));
    let refused = Catalogue::new([("mart_a", &*a), ("mart_b", &*b)]).unwrap_err();
    assert_eq!(refused.message, "queries read each other in a circle: `mart_a` reads `mart_b` reads `mart_a`");
}

const DAILY: (&str, &str) = (
    "fact_daily",
    "-- fact_daily: units per day.\n-- grain  day\n-- reads  order_lines\n-- by month\n\
     select order_day as day, sum(quantity) as units from order_lines group by order_day order by day",
);
const TOTAL: (&str, &str) = (
    "mart_total",
    "-- mart_total: units.\n-- grain  units\n-- reads  fact_daily\n\
     select sum(units) as units from fact_daily order by units",
);

#[test]
fn only_months_that_changed_are_answered_again() {
    let folder = tempfile::tempdir().unwrap();
    let january = Line { day: "2026-01-05", ..line("A", None, 3, "a.csv", 2) };
    commit(folder.path(), "1", &[january, line("B", None, 1, "a.csv", 3)]);
    let partials = || -> BTreeMap<String, std::time::SystemTime> {
        let entries = fs::read_dir(folder.path().join(".partials/fact_daily")).unwrap().map(|entry| entry.unwrap());
        let named = entries
            .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().modified().unwrap()));
        named.collect()
    };
    let total = || {
        let snapshot = Lake::open(folder.path()).unwrap().snapshot().unwrap();
        let catalogue = Catalogue::new([DAILY, TOTAL]).unwrap();
        let marts = Marts::with_catalogue(catalogue, &snapshot, run(), Vec::new()).unwrap();
        marts.rows("mart_total").unwrap().integer("units").unwrap().get(0)
    };
    assert_eq!(total(), Some(4));
    let first = partials();
    commit(folder.path(), "2", &[line("C", None, 10, "b.csv", 2)]);
    assert_eq!(total(), Some(14));
    let second = partials();
    let january: Vec<_> = first.iter().filter(|(name, _)| name.starts_with("2026-01")).collect();
    assert!(january.iter().all(|(name, time)| second.get(*name) == Some(time)), "January was answered again");
    assert_eq!(second.len(), 3, "the one before stays for who is reading it: {second:?}");
    // A damaged partial is made again and never read.
    for name in second.keys() {
        let path = folder.path().join(".partials/fact_daily").join(name);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(total(), Some(14));
}

#[test]
fn a_damaged_file_is_named_and_never_read() {
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, _) = commit(folder.path(), "1", &[line("A", None, 3, "a.csv", 2)]);
    let path = folder.path().join(&snapshot.files("order_lines")[0].path);
    let mut bytes = fs::read(&path).unwrap();
    bytes[20] ^= 1;
    fs::write(&path, bytes).unwrap();
    let again = Lake::open(folder.path()).unwrap().snapshot().unwrap();
    let error = Marts::open(&again, run(), Vec::new()).unwrap().rows("fact_identifiers").unwrap_err();
    assert_eq!(error.code, "lake-damaged");
    assert!(error.message.contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
    assert!(Table::named("order_lines").is_some());
}
