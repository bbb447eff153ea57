//! `trueup forecast` where series do not begin or end together: dead in a list of sales, no longer recorded,
//! not launched yet, or of a year typed wrong.

use chrono::Days;
use trueup::forecast::{EarlyEnds, Frequency, SeriesOptions, SeriesOutput, Until};

use crate::forecast_gaps::{date, file, read_with};
use crate::project::{Project, said};

type Row = (String, String, i64);

fn day(day: u64) -> String {
    (date("2024-09-02") + Days::new(day)).to_string()
}

/// Two units on some 45 of 100 days, without order, and on the first of all.
fn sold(item: u64, on: u64) -> i64 {
    let mixed = (item * 1_000_003 + on).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    if on == 0 || mixed % 100 < 45 { 2 } else { 0 }
}

/// Twenty items over 310 days with every 0 written; items 0 to 2 sell nothing from day 230 on.
fn shop() -> Vec<Row> {
    let of = |item: u64| {
        let units = move |on: u64| if item < 3 && on >= 230 { 0 } else { sold(item, on) };
        (0..310).map(move |on| (format!("I{item}"), day(on), units(on)))
    };
    (0..20).flat_map(of).collect()
}

fn read(rows: impl IntoIterator<Item = Row>, until: Option<Until>) -> SeriesOutput {
    let options = SeriesOptions { until, horizon: 7, lead_times: vec![7], ..SeriesOptions::default() };
    read_with(&file(rows), &options).unwrap()
}

/// The first step of a series that is forecast, and the mean of its sum.
fn of(output: &SeriesOutput, name: &str) -> (String, f64) {
    let names = output.forecast.text("unique_id").unwrap();
    let row = (0..output.forecast.len()).find(|row| names.get(*row) == Some(name)).unwrap();
    let means = output.forecast.real("mean").unwrap();
    let sum = (row..row + 7).map(|row| means.get(row).unwrap()).sum();
    (output.forecast.text("ds").unwrap().get(row).unwrap().to_owned(), sum)
}

/// Series by what was made of their ends: closed, not sold, unknown, own.
fn kinds(ends: &EarlyEnds) -> [usize; 4] {
    assert_eq!(ends.closed + ends.not_sold + ends.unknown + ends.own, ends.series);
    [ends.closed, ends.not_sold, ends.unknown, ends.own]
}

#[test]
fn a_list_of_sales_forecasts_what_died_as_dead_and_from_the_newest_day() {
    let list = read(shop().into_iter().filter(|row| row.2 > 0), None);
    let whole = read(shop(), None);
    assert!(whole.early_ends.is_none());
    for item in 0..20 {
        let name = format!("I{item}");
        assert_eq!(of(&list, &name), of(&whole, &name), "{name}");
    }
    assert_eq!(of(&list, "I1").0, day(310));
    assert!(of(&list, "I1").1 < 0.1 * of(&list, "I9").1, "{:?}", of(&list, "I1"));
    let ends = list.early_ends.unwrap();
    assert_eq!((ends.newest.as_str(), ends.noun), (day(309).as_str(), "day"));
    assert_eq!(kinds(&ends), [0, ends.series, 0, 0]);
    assert!(ends.earliest_end < day(230) && ["I0", "I1", "I2"].contains(&ends.earliest.as_str()));
    // Whoever knows that they are only no longer recorded says so.
    let own = read(shop().into_iter().filter(|row| row.2 > 0), Some(Until::Own));
    assert!(own.early_ends.is_none());
    assert_eq!(of(&own, &ends.earliest).0, (date(&ends.earliest_end) + Days::new(1)).to_string());
    assert!(of(&own, &ends.earliest).1 > 0.5 * of(&own, "I9").1);
}

/// Where zeros are written, a series without more rows is one that nobody knows more of.
#[test]
fn in_any_other_file_a_series_keeps_its_own_end() {
    let short = || shop().into_iter().filter(|row| row.0 != "I7" || row.1 < day(200));
    let own = read(short(), None);
    assert_eq!(of(&own, "I7").0, day(200));
    let ends = own.early_ends.as_ref().unwrap();
    assert_eq!(kinds(ends), [0, 0, 0, 1]);
    assert_eq!((ends.earliest.as_str(), ends.earliest_end.as_str()), ("I7", day(199).as_str()));
    let newest = read(short(), Some(Until::Newest));
    assert_eq!(kinds(newest.early_ends.as_ref().unwrap()), [0, 0, 1, 0]);
    let (from, mean) = of(&newest, "I7");
    assert_eq!(from, day(310));
    // The last five of 110 days repeat those of the week before, whatever these sold; the others are left out.
    assert!((0.5..1.5).contains(&(mean / of(&own, "I7").1)), "unknown days are no zeros: {mean}");
}

#[test]
fn the_command_says_which_series_end_early_and_what_to_type() {
    let project = Project::empty();
    let short = shop().into_iter().filter(|row| !["I4", "I7"].contains(&row.0.as_str()) || row.1 < day(200));
    std::fs::write(project.path("series.csv"), file(short)).unwrap();
    let told = said(&project.trueup(&["forecast", "series.csv"]));
    for part in [
        "warning: 2 series end before 2025-07-08, the newest day of the file\n",
        "the first to end is `I4`, on 2025-03-20\n",
        "2 series: each forecast from its own end, as nothing says what was sold later\n",
        "hint: add rows of 0 up to 2025-07-08 where nothing was sold; `--until newest` forecasts all from the step \
         after it\n",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let told = said(&project.trueup(&["forecast", "series.csv", "--until", "own"]));
    assert!(!told.contains("warning"), "{told}");
    std::fs::write(project.path("sales.csv"), file(shop().into_iter().filter(|row| row.2 > 0))).unwrap();
    let told = said(&project.trueup(&["forecast", "sales.csv"]));
    for part in ["taken as 0 up to then, as the file lists only what was sold\n", "hint: `--until own` forecasts each"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
}

/// Numbers count each series by itself, and weeks may begin on any weekday.
#[test]
fn what_has_no_common_calendar_ends_where_it_ends() {
    let numbers = |item: u64| (1..=40 + 30 * item).map(move |step| (format!("N{item}"), step.to_string(), 3));
    let output = read((0..3).flat_map(numbers), None);
    assert!(output.early_ends.is_none() && output.stray.is_none());
    assert_eq!(["N0", "N1", "N2"].map(|name| of(&output, name).0), ["41", "71", "101"]);

    let weeks = |item: u64, first: &str, weeks: u64| {
        let first = date(first);
        (0..weeks)
            .map(move |week| (format!("W{item}"), (first + Days::new(7 * week)).to_string(), 12))
            .collect::<Vec<_>>()
    };
    let weekly = SeriesOptions { frequency: Some(Frequency::Weekly), horizon: 7, ..SeriesOptions::default() };
    // The Monday series has its week of the newest Saturday; the other lacks two.
    let rows = [weeks(0, "2024-01-01", 80), weeks(1, "2024-01-06", 80), weeks(2, "2024-01-03", 78)].concat();
    let output = read_with(&file(rows), &weekly).unwrap();
    let ends = output.early_ends.as_ref().unwrap();
    assert_eq!((ends.series, ends.earliest.as_str(), ends.noun), (1, "W2", "week"));
    assert_eq!(of(&output, "W0").0, "2025-07-14");
}

/// A shop that is closed on Sundays ends on Saturday, beside one that is open.
#[test]
fn a_closed_day_at_the_end_is_no_early_end() {
    let of_shop = |name: &'static str, closed: Option<u64>| {
        (0..210u64)
            .filter(move |on| Some(on % 7) != closed)
            .map(move |on| (name.to_owned(), day(on), 20 + (on % 3) as i64))
    };
    let output = read(of_shop("OPEN", None).chain(of_shop("SUNDAYS", Some(6))), None);
    assert_eq!(kinds(output.early_ends.as_ref().unwrap()), [1, 0, 0, 0]);
    assert_eq!(of(&output, "SUNDAYS").0, day(210));
}

/// One row of another decade neither ends nor prolongs the other series of a list of sales.
#[test]
fn a_year_typed_wrong_is_not_the_newest_date_of_a_list_of_sales() {
    let wrong = ("TYPED".to_owned(), "2052-03-01".to_owned(), 1);
    let rows = || shop().into_iter().filter(|row| row.2 > 0);
    let (plain, typed) = (read(rows(), None), read(rows().chain([wrong]), None));
    assert_eq!(typed.early_ends.as_ref().unwrap().newest, day(309));
    assert_eq!((of(&typed, "I2").0, of(&typed, "TYPED").0.as_str()), (of(&plain, "I2").0, "2052-03-02"));
    let stray = typed.stray.unwrap();
    assert_eq!((stray.name.as_str(), stray.last.as_str()), ("TYPED", "2052-03-01"));
    assert!(plain.stray.is_none());
}

/// A file that writes a 0 for every day before a launch says the same as one that begins with the launch.
#[test]
fn zeros_before_a_launch_are_left_out() {
    let launched = |row: &Row| row.0 != "I11" || row.1 >= day(250);
    let first = |row: &Row| row.0 == "I11" && row.1 == day(250);
    let sale = |row: Row| if first(&row) { (row.0, row.1, 2) } else { row };
    let zeros = |row: Row| if launched(&row) { row } else { (row.0, row.1, 0) };
    let output = read(shop().into_iter().map(sale).map(zeros), None);
    let begun = read(shop().into_iter().map(sale).filter(launched), None);
    for name in ["I11", "I12", "I0"] {
        assert_eq!(of(&output, name), of(&begun, name));
    }
    let launches = output.launches.unwrap();
    assert_eq!((launches.series, launches.steps), (1, 250));
    assert_eq!((launches.longest.name.as_str(), launches.longest.first_sale.as_str()), ("I11", day(250).as_str()));
    assert!(begun.launches.is_none());
}
