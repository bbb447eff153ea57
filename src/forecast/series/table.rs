//! The answer for a file of series, as tables.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};

use super::super::engine::{EngineForecast, EngineOptions};
use super::measure::OriginMeasures;
use super::{Frequency, Loaded};
use crate::error::{Diagnostic, Result};
use crate::lake::Rows;

/// `p50`, `p975`: a level as the name of a column.
fn level_name(level: f64) -> String {
    let digits = format!("{level:.6}");
    let digits = digits.trim_start_matches("0.").trim_end_matches('0');
    format!("p{}", if digits.len() < 2 { format!("{digits:0<2}") } else { digits.to_owned() })
}

enum Values {
    Text(Vec<String>),
    Whole(Vec<i64>),
    Real(Vec<f64>),
}

fn rows(name: &str, columns: Vec<(String, Values)>) -> Result<Rows> {
    let mut fields = Vec::new();
    let mut arrays: Vec<ArrayRef> = Vec::new();
    for (name, values) in columns {
        let (kind, array): (DataType, ArrayRef) = match values {
            Values::Text(values) => (DataType::Utf8, Arc::new(StringArray::from(values))),
            Values::Whole(values) => (DataType::Int64, Arc::new(Int64Array::from(values))),
            Values::Real(values) => {
                let known = values.into_iter().map(|value| value.is_finite().then_some(value));
                (DataType::Float64, Arc::new(known.collect::<Float64Array>()))
            }
        };
        fields.push(Field::new(name, kind, true));
        arrays.push(array);
    }
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays);
    batch
        .map(|batch| Rows::new(name, batch))
        .map_err(|error| Diagnostic::error("series-table", error.to_string()).into())
}

/// `unique_id, ds, mean`.
pub(super) fn forecast(
    loaded: &Loaded,
    answer: &EngineForecast,
    options: &EngineOptions,
    frequency: Frequency,
    horizon: usize,
) -> Result<Rows> {
    let (mut names, mut steps, mut means) = (Vec::new(), Vec::new(), Vec::new());
    for (series, name) in loaded.names.iter().enumerate() {
        for (step, mean) in answer.means(series, options)[..horizon].iter().enumerate() {
            names.push(name.clone());
            steps.push(frequency.text(loaded.nexts[series], step as i64));
            means.push(f64::from(*mean));
        }
    }
    let columns = vec![
        ("unique_id".to_owned(), Values::Text(names)),
        ("ds".to_owned(), Values::Text(steps)),
        ("mean".to_owned(), Values::Real(means)),
    ];
    rows("forecast", columns)
}

/// `unique_id, steps, mean` and the levels.
pub(super) fn lead_time_demand(loaded: &Loaded, answer: &EngineForecast, options: &EngineOptions) -> Result<Rows> {
    let (mut names, mut steps, mut means) = (Vec::new(), Vec::new(), Vec::new());
    let mut levels = vec![Vec::new(); options.levels.len()];
    for (series, name) in loaded.names.iter().enumerate() {
        for (index, &days) in options.days.iter().enumerate() {
            names.push(name.clone());
            steps.push(days as i64);
            means.push(answer.means(series, options)[..days].iter().map(|mean| f64::from(*mean)).sum());
            let from = (series * options.days.len() + index) * options.levels.len();
            for (level, values) in levels.iter_mut().enumerate() {
                values.push(f64::from(answer.quantiles[from + level]));
            }
        }
    }
    let mut columns = vec![
        ("unique_id".to_owned(), Values::Text(names)),
        ("steps".to_owned(), Values::Whole(steps)),
        ("mean".to_owned(), Values::Real(means)),
    ];
    columns.extend(options.levels.iter().zip(levels).map(|(level, values)| (level_name(*level), Values::Real(values))));
    rows("lead_time_demand", columns)
}

/// One row per origin.
pub(super) fn accuracy(all: &[OriginMeasures], options: &EngineOptions) -> Result<Rows> {
    let real = |of: &dyn Fn(&OriginMeasures) -> f64| Values::Real(all.iter().map(of).collect());
    let whole = |of: &dyn Fn(&OriginMeasures) -> usize| Values::Whole(all.iter().map(|one| of(one) as i64).collect());
    let mut columns = vec![
        ("origin".to_owned(), whole(&|one| one.origin)),
        ("series".to_owned(), whole(&|one| one.series)),
        ("rmsse".to_owned(), real(&|one| one.rmsse)),
        ("mase".to_owned(), real(&|one| one.mase)),
        ("smape".to_owned(), real(&|one| one.smape)),
        ("wape".to_owned(), real(&|one| one.wape)),
        ("bias".to_owned(), real(&|one| one.bias)),
        ("spl".to_owned(), real(&|one| one.spl)),
    ];
    for (index, level) in options.levels.iter().enumerate() {
        columns.push((format!("coverage_{}", &level_name(*level)[1..]), real(&|one| one.coverage[index])));
    }
    rows("accuracy", columns)
}
