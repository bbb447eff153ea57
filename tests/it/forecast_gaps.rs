//! `trueup forecast` never invents zeros: what stands for a step without a row, and what is said of it.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Timelike};
use trueup::error::Diagnostic;
use trueup::forecast::{Frequency, MissingSteps, SeriesOptions, SeriesOutput, forecast_series};

use crate::project::{Project, said};

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A file of rows `name, step, value`.
pub(crate) fn file(rows: impl IntoIterator<Item = (String, String, i64)>) -> String {
    let lines = rows.into_iter().map(|(name, step, value)| format!("{name},{step},{value}\n"));
    std::iter::once("unique_id,ds,y\n".to_owned()).chain(lines).collect()
}

/// Days of one series from a first day, those without a value left out.
fn days(first: &str, values: &[Option<i64>]) -> String {
    let first = date(first);
    let known = values.iter().enumerate().filter_map(|(day, value)| Some((day, (*value)?)));
    file(known.map(|(day, value)| ("KETTLE".to_owned(), (first + Days::new(day as u64)).to_string(), value)))
}

fn read(text: &str, frequency: Option<Frequency>) -> Result<SeriesOutput, Box<Diagnostic>> {
    read_with(text, &SeriesOptions { frequency, horizon: 24, ..SeriesOptions::default() })
}

pub(crate) fn read_with(text: &str, options: &SeriesOptions) -> Result<SeriesOutput, Box<Diagnostic>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    std::fs::write(&path, text).unwrap();
    forecast_series(&path, options)
}

pub(crate) fn steps(output: &SeriesOutput) -> Vec<(String, f64)> {
    let (steps, means) = (output.forecast.text("ds").unwrap(), output.forecast.real("mean").unwrap());
    (0..output.forecast.len()).map(|row| (steps.get(row).unwrap().to_owned(), means.get(row).unwrap())).collect()
}

fn mean(output: &SeriesOutput) -> f64 {
    let steps = steps(output);
    steps.iter().map(|(_, mean)| mean).sum::<f64>() / steps.len() as f64
}

/// Missing steps by what they were taken for: closed, not sold, unknown.
fn taken(missing: &MissingSteps) -> (usize, usize, usize) {
    assert_eq!(missing.closed + missing.not_sold + missing.unknown, missing.missing);
    (missing.closed, missing.not_sold, missing.unknown)
}

/// A shop that keeps Mondays and Tuesdays closed loses three weeks of its records: the closed days stay 0,
/// the hole is no demand of 0.
#[test]
fn closed_weekdays_are_zero_and_a_hole_is_unknown() {
    let value = |day: i64| (day % 7 > 1 && !(140..161).contains(&day)).then_some(30 + day % 3);
    let values: Vec<Option<i64>> = (0..280).map(value).collect();
    let output = read(&days("2025-03-03", &values), None).unwrap();
    let missing = output.missing.as_ref().unwrap();
    assert_eq!((missing.steps, missing.missing, output.values), (278, 93, 185));
    // The Monday and Tuesday after the hole belong to it: nobody knows that they were closed.
    assert_eq!(taken(missing), (70, 0, 23));
    for (day, mean) in steps(&output) {
        match date(&day).weekday().num_days_from_monday() {
            0 | 1 => assert!(mean < 1.0, "{day}: {mean}"),
            _ => assert!((27.0..35.0).contains(&mean), "{day}: {mean}"),
        }
    }
}

/// A list of sales has a row where something was sold and no row of 0. With one row on four days, a day
/// without a row is 0; the same rows with the zeros written are forecast alike. Written zeros that outnumber
/// the missing rows say the contrary of missing ones.
#[test]
fn a_list_of_sales_means_zero_where_it_is_silent() {
    let sold = |day: i64| day * 7919 % 101 < 25;
    let listed: Vec<Option<i64>> = (0..300).map(|day| (day == 0 || day == 299 || sold(day)).then_some(2)).collect();
    let written: Vec<Option<i64>> = listed.iter().map(|value| value.or(Some(0))).collect();
    let [list, whole] = [&listed, &written].map(|values| read(&days("2025-01-01", values), None).unwrap());
    let missing = list.missing.as_ref().unwrap();
    assert_eq!(taken(missing), (0, missing.missing, 0));
    assert!(whole.missing.is_none());
    assert_eq!(steps(&list), steps(&whole));

    let mut torn = written;
    torn[120..180].fill(None);
    let torn = read(&days("2025-01-01", &torn), None).unwrap();
    assert_eq!(taken(torn.missing.as_ref().unwrap()), (0, 0, 60));
    assert!((mean(&torn) - 0.5).abs() < 0.15, "{}", mean(&torn));
}

/// In a file of many articles, days on which others sold are told; days on which none of them did, for
/// far longer than ever else, are a hole in the file.
#[test]
fn a_day_that_other_series_tell_of_is_no_hole() {
    let rows = (0..12i64).flat_map(|item| {
        let sells = move |day: &i64| (day * day * 37 + day * 11 + item * 15_485) % 103 < 20 && !(90..125).contains(day);
        let quiet = move |day: &i64| item != 3 || !(150..250).contains(day);
        let day = |day: i64| (date("2025-01-01") + Days::new(day as u64)).to_string();
        (0..300i64).filter(sells).filter(quiet).map(move |on| (format!("A{item}"), day(on), 1 + item % 3))
    });
    let output = read(&file(rows), None).unwrap();
    let missing = output.missing.unwrap();
    let (_, _, unknown) = taken(&missing);
    // The 35 days, with the few beside them on which nobody happened to sell.
    assert!(unknown % 12 == 0 && (12 * 35..12 * 42).contains(&unknown), "{missing:?}");
}

/// Weeks, months and hours follow the same rule as days.
#[test]
fn weeks_months_and_hours_without_rows_are_no_zeros_either() {
    let week = |week: u64| ("W".to_owned(), (date("2024-02-07") + Days::new(7 * week)).to_string(), 40);
    let weeks =
        read(&file((0..80).filter(|week| !(60..65).contains(week)).map(week)), Some(Frequency::Weekly)).unwrap();
    assert_eq!(taken(weeks.missing.as_ref().unwrap()), (0, 0, 5));
    assert!((37.0..43.0).contains(&mean(&weeks)), "{}", mean(&weeks));
    assert_eq!(steps(&weeks)[0].0, "2025-08-20");

    // Open from April to October, and one May is lost.
    let month = |month: i64| ("M".to_owned(), format!("{}-{:02}-28", 2021 + month / 12, month % 12 + 1), 500);
    let open = |month: &i64| (3..10).contains(&(month % 12)) && *month != 28;
    let months = read(&file((3..46).filter(open).map(month)), Some(Frequency::Monthly)).unwrap();
    assert_eq!(taken(months.missing.as_ref().unwrap()), (15, 0, 1));
    for (day, mean) in steps(&months) {
        let is_open = (4..=10).contains(&date(&day).month());
        assert!(if is_open { (400.0..600.0).contains(&mean) } else { mean < 25.0 }, "{day}: {mean}");
    }

    // Open on weekdays from 8 to 18; a Thursday is lost.
    let start = date("2025-06-02").and_hms_opt(0, 0, 0).unwrap();
    let hours = (0..24 * 7 * 8).map(|hour| start + TimeDelta::hours(hour));
    let open = |at: &chrono::NaiveDateTime| {
        at.weekday().num_days_from_monday() < 5 && (8..18).contains(&at.hour()) && at.date() != date("2025-07-10")
    };
    let rows = hours.filter(open).map(|at| ("H".to_owned(), at.to_string(), 12));
    let hours = read(&file(rows), Some(Frequency::Hourly)).unwrap();
    let (_, not_sold, unknown) = taken(hours.missing.as_ref().unwrap());
    // From the Wednesday's last hour to the Friday's first.
    assert_eq!((not_sold, unknown), (0, 38));
}

/// Rows that are weeks or months apart, or any other number of days, are not read as days unless the user
/// says so.
#[test]
fn rows_further_apart_than_days_are_refused_with_the_key() {
    let every = |days: u64| {
        let day = move |step: u64| ("S".to_owned(), (date("2025-01-06") + Days::new(step * days)).to_string(), 9);
        file((0..20).filter(|step| *step != 11).map(day))
    };
    let months =
        file((0..14).map(|month| ("S".to_owned(), format!("{}-{:02}-15", 2024 + month / 12, month % 12 + 1), 9)));
    let quarters =
        file((0..9).map(|step| ("S".to_owned(), format!("{}-{:02}-01", 2023 + step / 4, step % 4 * 3 + 1), 9)));
    let years =
        file((0..8).filter(|year| *year != 4).map(|year| ("S".to_owned(), format!("{}-06-30", 2015 + year), 9)));
    let numbers = file((0..12).map(|step| ("S".to_owned(), (2_000 + step * 100).to_string(), 9)));
    for (text, hint) in [
        (every(7), "`--freq w`"),
        (months, "`--freq m`"),
        (quarters, "`--freq q`"),
        (years, "`--freq y`"),
        (every(10), "number the steps"),
        (numbers, "number the steps"),
    ] {
        let refused = read(&text, None).unwrap_err();
        assert_eq!(refused.code, "series-stride");
        assert!(refused.hint.as_ref().unwrap().contains(hint), "{refused:?}");
    }
    let told = read(&every(7), Some(Frequency::Daily)).unwrap();
    assert_eq!(taken(told.missing.as_ref().unwrap()), (17 * 6, 0, 13), "the user's word: six days of seven are closed");
    // Two sales a week apart and one later are no calendar.
    assert!(read(&days("2025-01-01", &[Some(1), None, None, Some(1), Some(2)]), None).is_ok());
}

/// The hours of a place around its autumn change, with the offset written: two hours of one name are two
/// rows, and every hour of the day keeps its place in the forecast.
#[test]
fn offsets_keep_the_two_hours_of_autumn_apart() {
    let start = DateTime::parse_from_rfc3339("2025-10-06T00:00:00+02:00").unwrap().to_utc();
    let change = DateTime::parse_from_rfc3339("2025-10-26T03:00:00+02:00").unwrap().to_utc();
    let local = |hour: i64| {
        let at = start + TimeDelta::hours(hour);
        let offset = if at < change { 2 } else { 1 };
        at.with_timezone(&chrono::FixedOffset::east_opt(offset * 3_600).unwrap())
    };
    let value = |hour: u32| if (12..15).contains(&hour) { 90 } else { 10 };
    let row = |hour: i64| ("BERLIN".to_owned(), local(hour).to_rfc3339(), value(local(hour).hour()));
    let output = read(&file((0..24 * 28 + 1).map(row)), Some(Frequency::Hourly)).unwrap();
    assert!(output.missing.is_none());
    assert_eq!(output.values, 24 * 28 + 1);
    for (at, mean) in steps(&output) {
        assert!(at.ends_with(":00:00+01:00"), "{at}");
        let hour: u32 = at[11..13].parse().unwrap();
        assert!((mean - value(hour) as f64).abs() < 8.0, "{at}: {mean}");
    }
    // Without the offset nothing tells the two apart.
    let bare = |hour: i64| ("BERLIN".to_owned(), local(hour).format("%Y-%m-%d %H:%M").to_string(), 1);
    let refused = read(&file((0..24 * 28).map(bare)), Some(Frequency::Hourly)).unwrap_err();
    assert!(refused.message.contains("2025-10-26 02:00:00"), "{refused}");
    assert!(refused.hint.as_ref().unwrap().contains("offset"), "{refused:?}");
    // An hour without its offset among hours with one is in no order with them.
    let mixed = file([row(0), row(1), bare(2)]);
    assert_eq!(read(&mixed, Some(Frequency::Hourly)).unwrap_err().code, "series-cell");
    // Read as days, the file's hours are many values of one day.
    let hours = read(&file((0..72).map(row)), None).unwrap_err();
    assert!(hours.hint.as_ref().unwrap().contains("`--freq h`"), "{hours:?}");
}

/// A Parquet file tells the zone of its instants: the hours of its clock have their place, both of autumn's
/// hours are there, and a day is the place's own.
#[test]
fn the_zone_of_a_parquet_file_is_its_clock() {
    use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray, TimestampSecondArray};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.parquet");
    let start = DateTime::parse_from_rfc3339("2025-10-15T00:00:00-04:00").unwrap().timestamp();
    let hours = 24 * 24 + 1;
    let place: chrono_tz::Tz = "America/New_York".parse().unwrap();
    let hour_of = |second: i64| DateTime::from_timestamp(second, 0).unwrap().with_timezone(&place).hour();
    let seconds: Vec<i64> = (0..hours).map(|hour| start + hour * 3_600).collect();
    let values: Float64Array = seconds.iter().map(|at| if hour_of(*at) == 20 { 50.0 } else { 2.0 }).collect();
    let columns: [(&str, ArrayRef); 3] = [
        ("unique_id", std::sync::Arc::new(StringArray::from(vec!["S"; hours as usize]))),
        ("ds", std::sync::Arc::new(TimestampSecondArray::from(seconds).with_timezone("America/New_York"))),
        ("y", std::sync::Arc::new(values)),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let options = |frequency| SeriesOptions { frequency: Some(frequency), horizon: 24, ..SeriesOptions::default() };
    let output = forecast_series(&path, &options(Frequency::Hourly)).unwrap();
    assert!(output.missing.is_none() && output.values == hours as usize);
    for (at, mean) in steps(&output) {
        assert!(at.ends_with("-05:00"), "{at}");
        assert_eq!(at[11..13] == *"20", mean > 25.0, "{at}: {mean}");
    }
    let days = forecast_series(&path, &options(Frequency::Daily)).unwrap_err();
    assert!(days.message.contains("the day 2025-10-15"), "{days}");
}

/// The command says how many steps had no row, in which series most, and where a year looks typed wrong.
#[test]
fn the_command_says_what_had_no_row() {
    let project = Project::empty();
    let mut values = vec![Some(25); 90];
    values.extend(vec![None; 275]);
    values.extend([Some(25), Some(24), Some(26)]);
    std::fs::write(project.path("series.csv"), days("2024-10-01", &values)).unwrap();
    let run = project.trueup(&["forecast", "series.csv"]);
    assert_eq!(run.status.code(), Some(0));
    let said = said(&run);
    for part in [
        "warning: 275 of 368 days have no row\n",
        "`KETTLE`, 275 of 368 days; its longest gap is 275 days: 2024-12-30 to 2025-09-30\n",
        "hint: was a year typed wrong? 3 rows of `KETTLE`, 2025-10-01 to 2025-10-03, are 275 days from the others\n",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // So far away that no series is as long.
    let far = file(
        [("A", "2025-01-01"), ("A", "2025-01-02"), ("A", "9025-01-03")]
            .map(|(name, day)| (name.to_owned(), day.to_owned(), 4)),
    );
    let refused = read(&far, None).unwrap_err();
    assert_eq!(refused.details, ["it has no row between 2025-01-02 and 9025-01-03"]);
    let longest = SeriesOptions { horizon: 1_000_000_000, ..SeriesOptions::default() };
    assert_eq!(forecast_series(&project.path("series.csv"), &longest).unwrap_err().code, "forecast-steps");
}

/// What is no date is refused with its text: month first, a 13th month, an offset that no place has.
#[test]
fn a_step_that_is_no_date_is_refused_with_its_text() {
    for step in ["3/4/2025", "2025-13-01", "2025-01-01x", "2025-01-01T10:00:00+99:00", "2025-01-01 25:00"] {
        let refused = read(&file([("A".to_owned(), step.to_owned(), 1)]), None).unwrap_err();
        assert!(refused.message.contains(&format!("`ds` is `{step}`")), "{refused}");
        assert_eq!(refused.place.unwrap().line, Some(2));
    }
}

/// Two articles sell on some days, one of them stops early, and then the records of both have a hole: the
/// gap of the one that stopped is longer than what nobody knows of it.
#[test]
fn a_hole_after_days_without_sales_cuts_off_the_rows_before_it() {
    let first = date("2024-01-01");
    let sold = |name: &'static str, days: &[std::ops::Range<u64>]| {
        let days: Vec<u64> = days.iter().cloned().flatten().filter(|day| [0, 2, 3].contains(&(day % 5))).collect();
        days.into_iter().map(move |day| (name.to_owned(), (first + Days::new(day)).to_string(), 3))
    };
    let rows = sold("KETTLE", &[0..60, 400..522]).chain(sold("CUP", &[0..120, 400..522]));
    let output = read(&file(rows), None).unwrap();
    let far_off = output.missing.unwrap().far_off.unwrap();
    assert_eq!((far_off.name.as_str(), far_off.rows), ("KETTLE", 36));
    assert_eq!((far_off.gap.steps, far_off.span.steps), (281, 119));
}
