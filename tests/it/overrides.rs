//! Overrides of a person in a whole run: each acts, or says why it does not and what to write.

use std::collections::BTreeMap;
use std::fs;

use crate::project::{Project, has, stderr};

const SHOP: &str = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Vienna\"\nas-of = 2026-02-20\n\n\
    [channel.shopify]\n\n[channel.ebay]\ntier = 2\n\n[policy]\nfloor-units = 1\n";

/// Two SKUs on two channels, from one shelf, for forty days.
fn project(overrides: &str) -> Project {
    let mut orders = "channel,order_id,line_id,ordered_at,sku,quantity,unit_price,status,currency\n".to_owned();
    for day in 0..40 {
        let at = chrono::NaiveDate::from_ymd_opt(2026, 1, 12).unwrap() + chrono::Days::new(day);
        for (channel, sku) in [("shopify", "JUG"), ("ebay", "JUG"), ("shopify", "BOWL"), ("ebay", "BOWL")] {
            orders += &format!("{channel},{channel}-{sku}-{day},1,{at}T18:05:00Z,{sku},1,12.00,completed,EUR\n");
        }
    }
    let stock = "sku,location,at,on_hand\nJUG,main,2026-02-20T20:00:00Z,90\nBOWL,main,2026-02-20T20:00:00Z,44\n";
    Project::of(
        SHOP,
        &[("truth/order_lines.csv", &orders), ("truth/stock.csv", stock), ("truth/overrides.csv", overrides)],
    )
}

pub(crate) type Cells = BTreeMap<String, String>;

/// The rows of a report's sheet.
pub(crate) fn rows(project: &Project, sheet: &str) -> Vec<Cells> {
    let text = fs::read_to_string(project.path("reports").join(sheet)).unwrap();
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// The first row of a report's sheet in which every one of these cells begins like this.
pub(crate) fn row(project: &Project, sheet: &str, wanted: &[(&str, &str)]) -> Cells {
    let rows = rows(project, sheet);
    let found = rows.iter().find(|row| wanted.iter().all(|(column, start)| row[*column].starts_with(start)));
    found.unwrap_or_else(|| panic!("{wanted:?} is not in\n{rows:?}")).clone()
}

fn buffer(project: &Project, sku: &str, channel: &str) -> Cells {
    row(project, "buffers.csv", &[("sku", sku), ("channel", channel)])
}

/// Some cells of a row.
pub(crate) fn cells<const COUNT: usize>(row: &Cells, columns: [&str; COUNT]) -> [String; COUNT] {
    columns.map(|column| row[column].clone())
}

fn outcome(project: &Project, id: &str) -> Cells {
    row(project, "overrides.csv", &[("override_id", id)])
}

#[test]
fn each_kind_of_override_acts_and_signs_its_number() {
    let project = project(
        "override_id,at,channel,sku,field,value,owner,reason,until\n\
         P1,2026-02-18T08:00:00Z,ebay,JUG,buffer,17,mei,fair on Saturday,2026-02-22\n\
         P2,2026-02-18T08:00:00Z,shopify,JUG,listing,pause,luis,broken glaze,\n\
         P3,2026-02-18T08:00:00Z,,BOWL,freeze,,dana,stock-taking,2026-02-20\n",
    );
    let said = stderr(&project.trueup(&["run"]));
    assert!(!said.contains("warning: override"), "all act: {said}");
    let decided = buffer(&project, "JUG", "ebay");
    assert_eq!(cells(&decided, ["listing_holdback", "listed_quantity", "action"]), ["17", "73", "publish"]);
    assert_eq!(decided["rule"], "decided by mei until 2026-02-22 (fair on Saturday), override P1");
    assert_eq!(decided["valid_until"], "2026-02-22");
    has(
        &decided["reason"],
        &["Buffer 17 of 90 units: decided by mei until 2026-02-22 (fair on Saturday), override P1"],
    );
    let paused = buffer(&project, "JUG", "shopify");
    assert_eq!(cells(&paused, ["listed_quantity", "paused", "action"]), ["0", "true", "publish"]);
    assert_eq!(paused["listed_rule"], "paused by luis (broken glaze), override P2");
    for channel in ["shopify", "ebay"] {
        let frozen = buffer(&project, "BOWL", channel);
        assert_eq!(frozen["action"], "hold");
        assert_eq!(frozen["rule"], "frozen by dana until 2026-02-20 (stock-taking), override P3");
    }
    assert_eq!(cells(&outcome(&project, "P3"), ["state", "listings"]), ["in force", "2"]);
}

#[test]
fn an_override_of_a_whole_channel_is_read_and_the_more_particular_goes_first() {
    let project = project(
        "override_id,at,channel,sku,field,value,owner,reason\n\
         W1,2026-02-18T08:00:00Z,ebay,,pause,,mei,holiday\n\
         W2,2026-02-10T08:00:00Z,ebay,BOWL,listing,resume,luis,sold by hand\n\
         W3,2026-02-18T08:00:00Z,*,*,buffer,9,dana,\n\
         W4,2026-02-19T08:00:00Z,,,buffer,0,dana,\n",
    );
    let said = stderr(&project.trueup(&["run"]));
    assert_eq!(buffer(&project, "JUG", "ebay")["listed_quantity"], "0");
    assert_eq!(buffer(&project, "BOWL", "ebay")["listed_quantity"], "43");
    assert_eq!(buffer(&project, "JUG", "shopify")["rule"], "floor 1, trueup.toml:11 (policy)");
    has(
        &said,
        &[
            "override W1 of mei and override W2 of luis contradict each other",
            "on `BOWL` at `ebay` the latter holds, as it is the more particular",
            "override W3 of dana and override W4 of dana contradict each other",
            "the latter holds, as it is the newer",
            "override W4 of dana gives way: `buffer` = `0` for every listing: the policy's floor makes it 1 unit on 4 listings",
        ],
    );
    assert_eq!(outcome(&project, "W1")["listings"], "1");
    assert_eq!(outcome(&project, "W3")["state"], "overruled");
    assert_eq!(outcome(&project, "W3")["why"], "override W4 of dana holds instead");
    assert_eq!(cells(&outcome(&project, "W3"), ["sku", "channel"]), ["*", "*"]);
}

#[test]
fn what_does_not_act_says_why_by_whom_and_what_to_write() {
    let project = project(
        "override_id,at,channel,sku,field,value,owner,reason,until\n\
         N1,2026-02-18T08:00:00Z,ebay,JUG,bufer,4,mei,,\n\
         N2,2026-02-18T08:00:00Z,ebay,JUG,buffer,plenty,mei,,\n\
         N3,2026-02-18T08:00:00Z,ebya,JUG,freeze,,luis,,\n\
         N4,2026-02-18T08:00:00Z,ebay,JUGG,freeze,,,,\n\
         N5,2026-02-10T08:00:00Z,ebay,JUG,buffer,40,dana,,2026-02-19\n\
         N6,2026-02-18T08:00:00Z,ebay,JUG,buffer,40,dana,,2026-02-17\n",
    );
    let said = stderr(&project.trueup(&["run"]));
    has(
        &said,
        &[
            "override N1 of mei does nothing: `bufer` = `4` for `JUG` on `ebay`: `bufer` is no field",
            "did you mean `buffer`?",
            "override N2 of mei does nothing: `buffer` = `plenty` for `JUG` on `ebay`: `plenty` is no value of `buffer`",
            "write units such as `5`",
            "4 | N3,2026-02-18T08:00:00Z,ebya,JUG,freeze,,luis,,",
            "`channel`: no channel of the settings has this name",
            "override N4, unsigned, does nothing: `freeze` for `JUGG` on `ebay`: there is no such listing",
            "did you mean `JUG`?",
            "override N5 of dana has ended: `buffer` = `40` for `JUG` on `ebay`: its last day was 2026-02-19",
            "override N6 of dana does nothing",
            "overrides.csv:3",
        ],
    );
    assert!(buffer(&project, "JUG", "ebay")["listing_holdback"].parse::<i64>().unwrap() < 40, "none of them acts");
    let alert = row(&project, "alerts.csv", &[("subject", "override N2")]);
    assert_eq!(cells(&alert, ["rule", "value"]), ["override", "not understood"]);
    let page = fs::read_to_string(project.path("reports/index.html")).unwrap();
    assert!(page.contains("Override does nothing"));
}
