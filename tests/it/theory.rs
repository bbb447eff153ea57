//! The table of worked formulas: every row of `tests/theory/formulas.csv` must come out.

use std::collections::BTreeMap;

use trueup::buffer::theory::*;
use trueup::config::Multiplier;
use trueup::types::{Money, Rate};

struct Arguments(BTreeMap<String, String>);

impl Arguments {
    fn parse(text: &str) -> Self {
        Self(text.split(' ').map(|pair| pair.split_once('=').unwrap()).map(|(k, v)| (k.into(), v.into())).collect())
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("no argument `{name}` in {:?}", self.0))
    }

    fn real(&self, name: &str) -> f64 {
        self.text(name).parse().unwrap()
    }

    fn units(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap()
    }

    fn money(&self, name: &str) -> Money {
        self.text(name).parse().unwrap()
    }

    fn reals(&self, name: &str) -> Vec<f64> {
        self.text(name).split(';').map(|value| value.parse().unwrap()).collect()
    }

    fn factor(&self) -> f64 {
        service_factor(self.real("service_level"))
    }

    fn poisson(&self) -> Demand {
        Demand::Poisson { mean: self.real("mean") }
    }

    fn system(&self) -> LotSystem {
        LotSystem {
            fixed_cost: self.real("fixed_cost"),
            holding_cost: self.real("holding_cost"),
            stock_out_cost: self.real("stock_out_cost"),
            mean: self.real("mean"),
            deviation: self.real("deviation"),
            lead_time: self.real("lead_time"),
        }
    }
}

enum Value {
    Real(f64),
    Units(i64),
    Text(String),
}

use Value::{Real, Text, Units};

fn known(value: Option<f64>) -> Value {
    value.map_or(Text(String::new()), Real)
}

fn yes_no(value: bool) -> Value {
    Text(if value { "yes" } else { "no" }.into())
}

fn joined(parts: impl IntoIterator<Item = impl ToString>) -> Value {
    Text(parts.into_iter().map(|part| part.to_string()).collect::<Vec<_>>().join(";"))
}

fn evaluate(formula: &str, a: &Arguments) -> Value {
    lots(formula, a)
        .or_else(|| service(formula, a))
        .or_else(|| listing(formula, a))
        .or_else(|| units(formula, a))
        .unwrap_or_else(|| panic!("no formula `{formula}`"))
}

fn lots(formula: &str, a: &Arguments) -> Option<Value> {
    let (fixed, holding, demand) = ("fixed_cost", "holding_cost", "demand");
    Some(match formula {
        "economic_lot" => Real(economic_lot(a.real(fixed), a.real(holding), a.real(demand))),
        "economic_lot_cost" => Real(economic_lot_cost(a.real(fixed), a.real(holding), a.real(demand))),
        "lot_cost" => Real(lot_cost(a.real(fixed), a.real(holding), a.real(demand), a.real("lot"))),
        "economic_lot_backorders" => {
            Real(economic_lot_backorders(a.real(fixed), a.real(holding), a.real("penalty"), a.real(demand)))
        }
        "stock_out_share" => Real(stock_out_share(a.real(holding), a.real("penalty"))),
        "newsvendor_normal" => {
            Real(newsvendor_normal(a.real(holding), a.real("stock_out_cost"), a.real("mean"), a.real("deviation")))
        }
        "newsvendor_cost_normal" => {
            Real(newsvendor_cost_normal(a.real(holding), a.real("stock_out_cost"), a.real("deviation")))
        }
        "newsvendor_poisson" => Units(newsvendor_poisson(a.real(holding), a.real("stock_out_cost"), a.real("mean"))),
        "critical_ratio" => Real(critical_ratio(a.real("penalty"), a.real(holding))),
        "lot_system_eil_reorder_point" => Real(a.system().expected_inventory_level().reorder_point),
        "lot_system_eil_lot" => Real(a.system().expected_inventory_level().lot),
        "lot_system_backorders_reorder_point" => Real(a.system().lot_with_backorders().reorder_point),
        "lot_system_backorders_lot" => Real(a.system().lot_with_backorders().lot),
        "lot_system_safety_lot" => Real(a.system().lot_with_safety_stock().lot),
        "lot_system_cost" => {
            Real(a.system().cost(LotPolicy { reorder_point: a.real("reorder_point"), lot: a.real("lot") }))
        }
        _ => return None,
    })
}

fn service(formula: &str, a: &Arguments) -> Option<Value> {
    let king = |f: fn(f64, f64, f64, f64, f64) -> f64| {
        f(a.factor(), a.real("mean"), a.real("deviation"), a.real("lead_time"), a.real("lead_time_deviation"))
    };
    let lot = |f: fn(f64, f64, f64, f64) -> f64| {
        f(a.real("mean"), a.real("deviation"), a.real("reorder_point"), a.real("lot"))
    };
    Some(match formula {
        "service_factor" => Real(a.factor()),
        "normal_loss" => Real(normal_loss(a.real("z"))),
        "safety_stock_independent" => Real(king(safety_stock_independent)),
        "safety_stock_dependent" => Real(king(safety_stock_dependent)),
        "reorder_point" => Real(reorder_point(a.real("mean"), a.real("lead_time"), king(safety_stock_independent))),
        "order_up_to" => Real(order_up_to(
            a.factor(),
            a.real("mean"),
            a.real("deviation"),
            a.real("lead_time"),
            a.real("lead_time_deviation"),
            a.real("review"),
        )),
        "base_stock_normal" => Real(base_stock_normal(
            a.real("holding_cost"),
            a.real("stock_out_cost"),
            a.real("mean"),
            a.real("deviation"),
            a.real("lead_time"),
            a.real("review"),
        )),
        "base_stock_poisson" => Units(base_stock_poisson(
            a.real("holding_cost"),
            a.real("stock_out_cost"),
            a.real("mean"),
            a.real("lead_time"),
            a.real("review"),
        )),
        "fill_rate_lot_simple" => Real(lot(fill_rate_lot_simple)),
        "fill_rate_lot" => Real(lot(fill_rate_lot)),
        "safety_stock_for_fill_rate" => {
            Real(safety_stock_for_fill_rate(a.real("deviation"), a.real("lot"), a.real("fill_rate")))
        }
        "fill_rate_periodic" => Real(fill_rate_periodic(
            a.real("level"),
            a.real("mean"),
            a.real("deviation"),
            a.real("lead_time"),
            a.real("review"),
        )),
        "fill_rate_base_stock_poisson" => Real(fill_rate_base_stock_poisson(a.units("level"), a.real("mean"))),
        "pooled_deviation" => Real(pooled_deviation(&a.reals("deviations"), a.real("correlation"))),
        _ => return None,
    })
}

fn listing(formula: &str, a: &Arguments) -> Option<Value> {
    Some(match formula {
        "poisson_quantile" => Units(poisson_quantile(a.real("mean"), a.real("ratio"))),
        "negative_binomial_quantile" => {
            Units(negative_binomial_quantile(a.real("mean"), a.real("variance_to_mean"), a.real("ratio")))
        }
        "gamma_quantile" => Real(gamma_quantile(a.real("mean"), a.real("deviation"), a.real("ratio"))),
        "compound_poisson_quantile" => {
            let sizes: Vec<(usize, f64)> = a
                .text("sizes")
                .split(';')
                .map(|pair| pair.split_once(':').unwrap())
                .map(|(size, share)| (size.parse().unwrap(), share.parse().unwrap()))
                .collect();
            Units(compound_poisson_quantile(a.real("order_rate_in_lag"), &sizes, a.real("ratio")))
        }
        "exposure" => Real(exposure(a.units("buffer"), a.real("mean"))),
        "lag_buffer_naive" => {
            let mean = a.real("units_per_day") * a.real("lag_minutes") / 1440.0;
            Units(lag_buffer_naive(mean, a.real("risk_factor")))
        }
        "lag_buffer_quantile" => Units(lag_buffer_quantile(a.poisson(), a.real("risk"))),
        "lag_buffer_worst_case" => Units(lag_buffer_worst_case(a.poisson(), a.real("risk"))),
        "lag_buffer_newsvendor" => Units(lag_buffer_newsvendor(a.real("mean"), a.real("penalty"), a.real("hide_cost"))),
        "lag_buffer_from_ratio" => {
            let ratio = ratio_from_multiplier(a.real("base_ratio"), a.real("multiplier"));
            Units(poisson_quantile(a.real("mean"), ratio))
        }
        "ratio_from_multiplier" => Real(ratio_from_multiplier(a.real("base_ratio"), a.real("multiplier"))),
        "implied_risk_factor" => Real(implied_risk_factor(a.real("mean"), a.real("risk"))),
        "risk_factor_normal" => Real(risk_factor_normal(a.real("mean"), a.real("variance_to_mean"), a.real("risk"))),
        "lag_mean_units" => {
            let own = if a.text("mode") == "absolute" { a.real("own_per_hour") / 60.0 } else { 0.0 };
            let others = a.real("others_per_hour") / 60.0;
            Real(lag_mean_units(own, others, a.real("period_minutes"), a.real("latency_minutes")))
        }
        "expected_oversells" => {
            let share = a.real("own_rate") / a.real("total_rate");
            Real(expected_oversells(a.units("buffer"), a.real("mean"), share))
        }
        "littlewood_normal" => {
            Real(littlewood_normal(a.real("value_high"), a.real("value_low"), a.real("mean"), a.real("deviation")))
        }
        "littlewood_poisson" => Units(littlewood_poisson(a.real("value_high"), a.real("value_low"), a.real("mean"))),
        "protection_level" => {
            let tiers: Vec<Tier> = a.text("tiers").split(';').map(tier).collect();
            Real(protection_level(&tiers, a.units("protect_above_tier") as usize - 1))
        }
        _ => return None,
    })
}

fn tier(text: &str) -> Tier {
    let numbers: Vec<f64> = text.split(':').map(|number| number.parse().unwrap()).collect();
    Tier { value: numbers[0], mean: numbers[1], deviation: numbers[2] }
}

fn units(formula: &str, a: &Arguments) -> Option<Value> {
    let cover = |form| {
        cover_target(form, a.real("velocity") * a.real("lead_time"), a.real("safety_stock"), a.real("multiplier"))
    };
    Some(match formula {
        "allocate" => {
            let weights: Vec<i64> = a.text("weights").split(';').map(|weight| weight.parse().unwrap()).collect();
            joined(allocate(a.units("total"), &weights))
        }
        "available_to_sell" => Units(available_to_sell(a.units("on_hand"), a.units("reserved"), a.units("buffer"))),
        "listed_with_cap" => Units(listed_with_cap(a.units("ats"), Some(a.units("cap")))),
        "percent_reserve" => {
            Units(percent_reserve(a.units("available"), Rate::from_millionths(a.units("percent") * 10_000)))
        }
        "is_paused" => yes_no(is_paused(a.units("stock"), a.units("threshold"))),
        "drift_alert" => yes_no(drift_alert(a.units("expected"), a.units("reported"), a.units("threshold"))),
        "latency_alert" => yes_no(latency_alert(a.real("minutes") * 60.0, a.real("threshold") * 60.0)),
        "lag_band" => Text(lag_band(a.real("minutes")).word().into()),
        "promotion_watch_line" => Units(promotion_watch_line(a.units("initial"), a.units("remaining")).unwrap_or(0)),
        "cover_cycle_only" => Units(cover(Multiplier::CycleOnly)),
        "cover_whole" => Units(cover(Multiplier::Whole)),
        "segment_safety_stock" => {
            let segment = match a.text("segment") {
                "hero" => Segment::Hero,
                "standard" => Segment::Standard,
                _ => Segment::LongTail,
            };
            Units(segment_safety_stock(segment, a.real("velocity")))
        }
        "throttle" => Text(throttle(a.units("stock"), a.units("total_buffer"), a.units("safety_stock")).word().into()),
        "channel_margin" => {
            let costs = SaleCosts {
                fee_rate: Rate::from_f64(a.real("fee_percent") / 100.0),
                fee_fixed: a.money("fee_fixed"),
                fulfilment: a.money("fulfilment"),
                returns: a.money("returns"),
                shipping_paid: a.money("shipping_cost"),
            };
            Units(channel_margin(a.money("price"), costs).ten_thousandths() / 100)
        }
        "gross_margin_return" => known(gross_margin_return(a.real("gross_margin"), a.real("avg_inventory_cost"))),
        "demand_pattern" => Text(demand_pattern(a.real("adi"), a.real("cv2")).word().into()),
        "demand_interval" => known(demand_interval(&a.reals("series"))),
        "size_variation" => known(size_variation(&a.reals("series"))),
        "abc_classes" => {
            let classes = abc_classes(&a.reals("revenue"), a.real("a"), a.real("b"));
            joined(classes.iter().map(|class| format!("{class:?}")))
        }
        _ => return None,
    })
}

/// Whole numbers exactly, iterated and integrated lots to 1e-5, closed forms to 1e-9 of the value.
fn agrees(formula: &str, value: &Value, expected: &str) -> bool {
    match value {
        Text(text) => text == expected,
        Units(units) => expected.parse() == Ok(*units),
        Real(real) => {
            let tolerance = if formula.starts_with("lot_system") { 1e-5 } else { 1e-9 };
            let expected: f64 = expected.parse().unwrap();
            (real - expected).abs() <= tolerance * expected.abs().max(1e-300) || (expected == 0.0 && *real == 0.0)
        }
    }
}

#[test]
fn every_worked_formula_comes_out() {
    let mut reader = csv::Reader::from_path("tests/theory/formulas.csv").unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in reader.records() {
        let row = row.unwrap();
        let (formula, arguments, expected) = (&row[0], &row[1], &row[2]);
        let value = evaluate(formula, &Arguments::parse(arguments));
        count += 1;
        if !agrees(formula, &value, expected) {
            let got = match value {
                Real(real) => real.to_string(),
                Units(units) => units.to_string(),
                Text(text) => text,
            };
            wrong.push(format!("{formula}({arguments}) = {got}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(count, 264, "rows of the table are missing");
}

/// The table of the sync-lag chapter: mean in the lag, 95 % and 99 % hold-back, 99 % when demand varies
/// three times as much.
#[test]
fn the_lag_table_comes_out() {
    let rows = [
        (0.1, 1, 1, 3),
        (0.5, 2, 3, 6),
        (1.0, 3, 4, 8),
        (2.5, 5, 7, 12),
        (4.0, 8, 9, 15),
        (10.0, 15, 18, 26),
        (20.0, 28, 31, 42),
        (50.0, 62, 67, 82),
        (100.0, 117, 124, 144),
        (400.0, 433, 447, 484),
    ];
    for (mean, at_95, at_99, spread_at_99) in rows {
        let poisson = Demand::Poisson { mean };
        assert_eq!(lag_buffer_quantile(poisson, 0.05), at_95, "mean {mean}");
        assert_eq!(lag_buffer_quantile(poisson, 0.01), at_99, "mean {mean}");
        assert_eq!(lag_buffer_quantile(Demand::by_moments(mean, 3.0), 0.01), spread_at_99, "mean {mean}");
    }
}
