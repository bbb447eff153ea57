//! Functions and windows, by name.

use std::ops::ControlFlow;

use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Spanned,
    Value, Visit, Visitor, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

use super::expression::Place;
use super::{Checked, Guard, refuse};

/// What sort of function a name is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Many rows to one value; also over a window.
    Aggregate,
    /// One value from those of one row.
    Scalar,
    /// Of a row's place among others.
    Window,
}

/// The functions that engines have alike.
const FUNCTIONS: &[(&str, Sort)] = &[
    ("sum", Sort::Aggregate),
    ("min", Sort::Aggregate),
    ("max", Sort::Aggregate),
    ("count", Sort::Aggregate),
    ("coalesce", Sort::Scalar),
    ("nullif", Sort::Scalar),
    ("greatest", Sort::Scalar),
    ("least", Sort::Scalar),
    ("abs", Sort::Scalar),
    ("lower", Sort::Scalar),
    ("upper", Sort::Scalar),
    ("replace", Sort::Scalar),
    ("starts_with", Sort::Scalar),
    ("concat", Sort::Scalar),
    ("length", Sort::Scalar),
    ("row_number", Sort::Window),
    ("lag", Sort::Window),
    ("lead", Sort::Window),
    ("first_value", Sort::Window),
];

/// Functions that people reach for, and why not.
const REFUSED: &[(&str, &str, &str)] = &[
    ("avg", "it makes money a float, and over a window one engine ignores the frame", "return `sum` and `count`"),
    ("round", "engines round halves differently, and SQL never rounds", "return the exact number"),
    ("floor", "SQL never rounds", "return the exact number"),
    ("ceil", "SQL never rounds", "return the exact number"),
    ("date_trunc", "the engine has none", "join `calendar` and take `month` or `week_start`"),
    ("date_part", "its number is 8 bits wide and overflows", "join `calendar` and take its columns"),
    ("current_date", "a report stands on its own day", "`cross join run` and take `as_of`"),
    ("now", "a report stands on its own day", "`cross join run` and take `as_of_end`"),
    ("random", "the same exports must give the same report", "leave it out"),
    ("rank", "engines differ where the order has nulls", "use `row_number` over a unique order"),
    ("dense_rank", "engines differ where the order has nulls", "use `row_number` over a unique order"),
    ("last_value", "one engine ignores the frame", "use `first_value` in the opposite order"),
    ("ntile", "the engine has none", "use `row_number`"),
    ("percent_rank", "the engine has none", "use `row_number`"),
    ("strpos", "one engine counts bytes and others letters", "use `like` or `starts_with`"),
    ("median", "quantiles are Rust's", "return the values, or use `row_number`"),
    ("stddev", "statistics are Rust's", "return the values"),
];

impl Guard {
    pub(super) fn function(&self, function: &Function, place: Place) -> Checked {
        let name = function.name.to_string().to_lowercase();
        let Some((_, sort)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
            return self.unknown(function, &name);
        };
        let FunctionArguments::List(arguments) = &function.args else {
            return refuse(function.span(), format!("`{name}` so"), "engines do not have it alike", "use brackets");
        };
        self.form(function, arguments, &name, *sort)?;
        if matches!(&*name, "count" | "row_number" | "length") && !place.widened {
            let why = "it is unsigned and 32 bits wide in one engine, so that a difference wraps";
            return refuse(
                function.span(),
                format!("`{name}` without a cast"),
                why,
                format!("write `cast({name}(…) as bigint)`"),
            );
        }
        match &function.over {
            Some(over) => self.window(function, over, &name, place)?,
            None if *sort == Sort::Window => {
                return refuse(
                    function.span(),
                    format!("`{name}` without `over`"),
                    "it is a window's",
                    "write `over (…)`",
                );
            }
            None => {}
        }
        self.arguments(arguments, &name, *sort)
    }

    fn unknown(&self, function: &Function, name: &str) -> Checked {
        if let Some((_, why, instead)) = REFUSED.iter().find(|(refused, ..)| *refused == name) {
            return refuse(function.span(), format!("`{name}`"), why, *instead);
        }
        let names: Vec<&str> = FUNCTIONS.iter().map(|(name, _)| *name).collect();
        let instead = format!("functions are {}", names.join(", "));
        refuse(function.span(), format!("`{name}`"), "it is not known to be answered alike", instead)
    }

    fn form(&self, function: &Function, arguments: &FunctionArgumentList, name: &str, sort: Sort) -> Checked {
        let distinct = arguments.duplicate_treatment == Some(DuplicateTreatment::Distinct);
        let filtered_window = function.filter.is_some() && (sort != Sort::Aggregate || function.over.is_some());
        let others = [
            ("`distinct` in it", distinct && (name != "count" || function.over.is_some())),
            ("`filter` on it", filtered_window),
            ("`ignore nulls`", function.null_treatment.is_some()),
            ("`within group`", !function.within_group.is_empty()),
            ("a clause in its brackets", !arguments.clauses.is_empty()),
            ("parameters", function.parameters != FunctionArguments::None || function.uses_odbc_syntax),
        ];
        for (construct, present) in others {
            if present {
                let construct = format!("`{name}` with {construct}");
                return refuse(function.span(), construct, "engines do not have it alike", "use a `with` table");
            }
        }
        Ok(())
    }

    fn arguments(&self, arguments: &FunctionArgumentList, name: &str, sort: Sort) -> Checked {
        let aggregate = sort == Sort::Aggregate;
        for argument in &arguments.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => {
                    if name == "sum" && is_narrow(expression) {
                        let why = "small numbers are 32 bits wide in one engine, so that the sum wraps";
                        return refuse(expression.span(), "a sum of literals", why, "write `sum(cast(… as bigint))`");
                    }
                    if aggregate && has_aggregate(expression) {
                        let why = "one engine answers per group";
                        return refuse(expression.span(), "an aggregate of an aggregate", why, "use a `with` table");
                    }
                    let inner = Place::plain();
                    self.expression(expression, inner)?;
                }
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if name == "count" => {}
                other => {
                    return refuse(other.span(), format!("`{other}`"), "engines do not have it alike", "name a column");
                }
            }
        }
        if matches!(name, "lag" | "lead") && arguments.args.len() > 2 {
            let span = arguments.args[2].span();
            return refuse(span, format!("a default in `{name}`"), "the engine has none", "use `coalesce`");
        }
        Ok(())
    }

    fn window(&self, function: &Function, over: &WindowType, name: &str, place: Place) -> Checked {
        let span = function.span();
        if !place.windows {
            let why = "over groups one engine answers per group; elsewhere engines have no windows";
            return refuse(span, "a window here", why, "group in a `with` table first, then `select` the window");
        }
        let WindowType::WindowSpec(window) = over else {
            return refuse(span, "a named window", "engines do not have it alike", "write the window after `over`");
        };
        if window.window_name.is_some() {
            return refuse(span, "a named window", "engines do not have it alike", "write the window after `over`");
        }
        self.window_order(function, window, name)?;
        let aggregate = matches!(name, "sum" | "min" | "max" | "count");
        let framed = window.window_frame.as_ref();
        let right = match (aggregate, window.order_by.is_empty()) {
            (true, false) => framed.is_some_and(is_running),
            (true, true) => framed.is_none(),
            (false, _) => framed.is_none_or(|frame| name == "first_value" && is_running(frame)),
        };
        if !right {
            let why = "without this exact frame engines differ where the order has ties";
            let instead = "write `order by … rows between unbounded preceding and current row`";
            return refuse(span, format!("the frame of `{name}`"), why, instead);
        }
        window.partition_by.iter().try_for_each(|key| self.expression(key, Place::plain()))
    }

    fn window_order(&self, function: &Function, window: &WindowSpec, name: &str) -> Checked {
        let ordered = !window.order_by.is_empty();
        if !ordered && matches!(name, "row_number" | "lag" | "lead" | "first_value") {
            let instead = "write `over (… order by …)` with a unique order";
            return refuse(function.span(), format!("`{name}` without an order"), "the answer is chance", instead);
        }
        let descending = |asc: Option<bool>| asc == Some(false);
        let first = window.order_by.first().map(|ordered| descending(ordered.options.asc));
        for ordered in &window.order_by {
            if Some(descending(ordered.options.asc)) != first {
                let why = "the engine has one direction only";
                return refuse(ordered.span(), "up and down in one window", why, "order all columns the same way");
            }
            self.expression(&ordered.expr, Place::plain())?;
        }
        Ok(())
    }
}

/// `rows between unbounded preceding and current row`
fn is_running(frame: &WindowFrame) -> bool {
    frame.units == WindowFrameUnits::Rows
        && frame.start_bound == WindowFrameBound::Preceding(None)
        && frame.end_bound == Some(WindowFrameBound::CurrentRow)
}

/// True where every value an expression can have is a whole number written in the query.
fn is_narrow(expression: &Expr) -> bool {
    match expression {
        Expr::Value(value) => matches!(&value.value, Value::Number(..) | Value::Null),
        Expr::Nested(inner) | Expr::UnaryOp { expr: inner, .. } => is_narrow(inner),
        Expr::Case { conditions, else_result, .. } => {
            conditions.iter().all(|branch| is_narrow(&branch.result)) && else_result.iter().all(|end| is_narrow(end))
        }
        _ => false,
    }
}

/// True where an expression holds an aggregate that is not over a window.
pub(super) fn has_aggregate(expression: &Expr) -> bool {
    struct Search;
    impl Visitor for Search {
        type Break = ();

        fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
            match expression {
                Expr::Function(function) if function.over.is_none() => {
                    let name = function.name.to_string().to_lowercase();
                    let aggregate = FUNCTIONS.contains(&(&*name, Sort::Aggregate));
                    if aggregate { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                }
                _ => ControlFlow::Continue(()),
            }
        }
    }
    expression.visit(&mut Search).is_break()
}
