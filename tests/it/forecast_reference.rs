//! Every classical model against values that other people's code worked out: `tests/forecast/reference.py`
//! says which, in which version, and writes the two tables read here.

use std::collections::BTreeMap;

use trueup::forecast::{Croston, Holt, Model, Naive, SeasonalNaive, Ses, Theta, Tsb, Window};

const HISTORIES: &str = include_str!("../forecast/histories.csv");
const REFERENCE: &str = include_str!("../forecast/reference.csv");
/// Part of a value, or of 1 where it is smaller: what rounding in another order of sums may make.
const TOLERANCE: f64 = 1e-9;

fn histories() -> BTreeMap<&'static str, Vec<f64>> {
    let mut all: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for line in HISTORIES.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        all.entry(cells[0]).or_default().push(cells[2].parse().unwrap());
    }
    all
}

/// The model of a name such as `tsb 0.05 0.2`, five steps ahead.
fn ahead(name: &str, history: &[f64], steps: usize) -> Vec<f64> {
    let (kind, rest) = name.rsplit_once(|one: char| one.is_alphabetic()).map_or((name, ""), |(kind, rest)| {
        let length = kind.len() + name[kind.len()..].chars().next().map_or(0, char::len_utf8);
        (&name[..length], rest)
    });
    let constants: Vec<f64> = rest.split_whitespace().map(|text| text.parse().unwrap()).collect();
    match (kind, constants.as_slice()) {
        ("ses", [alpha]) => Ses::classical(*alpha).fit(history).predict(steps),
        ("tsb", [size, chance]) => Tsb { size: *size, chance: *chance }.fit(history).predict(steps),
        ("croston", [alpha]) => Croston { alpha: *alpha, corrected: false }.fit(history).predict(steps),
        ("sba", [alpha]) => Croston { alpha: *alpha, corrected: true }.fit(history).predict(steps),
        ("window", [days]) => Window { days: *days as usize }.fit(history).predict(steps),
        ("naive", []) => Naive.fit(history).predict(steps),
        ("seasonal naive", [season]) => SeasonalNaive { season: *season as usize }.predict(history, steps),
        ("holt", [alpha, beta, damping]) => {
            Holt { alpha: *alpha, beta: *beta, damping: *damping }.fit(history).predict(steps)
        }
        ("theta", [alpha]) => Theta { alpha: *alpha }.fit(history).predict(steps),
        _ => panic!("no model is called `{name}`"),
    }
}

#[test]
fn every_classical_model_equals_its_reference() {
    let histories = histories();
    let (mut compared, mut wrong) = (BTreeMap::new(), Vec::new());
    for line in REFERENCE.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let expected: Vec<f64> = cells[2..].iter().map(|text| text.parse().unwrap()).collect();
        let ours = ahead(cells[1], &histories[cells[0]], expected.len());
        for (step, (ours, expected)) in ours.iter().zip(&expected).enumerate() {
            if (ours - expected).abs() > TOLERANCE * expected.abs().max(1.0) {
                wrong.push(format!("{} {} step {}: {ours} is not {expected}", cells[0], cells[1], step + 1));
            }
        }
        *compared.entry(cells[1].split(' ').next().unwrap()).or_insert(0) += expected.len();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let kinds: Vec<&str> = compared.keys().copied().collect();
    assert_eq!(kinds, ["croston", "holt", "naive", "sba", "seasonal", "ses", "theta", "tsb", "window"]);
    assert_eq!(compared.values().sum::<usize>(), 190 * 5);
}
