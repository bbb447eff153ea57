//! Expressions: what is not listed is refused.

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, ExactNumberInfo, Expr, Spanned, TimezoneInfo, UnaryOperator, Value,
};

use super::{Checked, Guard, refuse};

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Directly inside `cast(… as bigint)`.
    pub(super) widened: bool,
    /// Where a window function may stand.
    pub(super) windows: bool,
}

impl Place {
    pub(super) fn plain() -> Self {
        Self { widened: false, windows: false }
    }

    fn inside(self) -> Self {
        Self { widened: false, ..self }
    }
}

const NOT_ALIKE: &str = "engines do not have it alike";

impl Guard {
    pub(super) fn expression(&self, expression: &Expr, place: Place) -> Checked {
        let inside = place.inside();
        match expression {
            Expr::Identifier(name) if name.value == "at" && name.quote_style.is_none() => {
                let why = "alone it is a word of the language in one engine";
                refuse(name.span, "`at`", why, "write `\"at\"`, or its table's name before it")
            }
            Expr::Identifier(name) => self.ident(name),
            Expr::CompoundIdentifier(path) => path.iter().try_for_each(|name| self.ident(name)),
            Expr::Nested(inner) => self.expression(inner, place),
            Expr::IsNull(inner) | Expr::IsNotNull(inner) => self.expression(inner, inside),
            Expr::InList { expr, list, .. } => self.all([&**expr].into_iter().chain(list), inside),
            Expr::Between { expr, low, high, .. } => self.all([&**expr, low, high], inside),
            Expr::Like { any: false, expr, pattern, escape_char: None, .. } => self.all([&**expr, pattern], inside),
            Expr::InSubquery { expr, subquery, .. } => {
                self.expression(expr, inside)?;
                self.query(subquery)
            }
            Expr::Exists { subquery, .. } => self.exists(subquery),
            Expr::BinaryOp { left, op, right } => {
                self.binary(expression, left, op, right)?;
                self.all([&**left, right], inside)
            }
            Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus | UnaryOperator::Not, expr } => {
                self.expression(expr, inside)
            }
            Expr::Value(value) => self.literal(expression, &value.value),
            Expr::TypedString(typed) if is_day_or_time(&typed.data_type) => Ok(()),
            Expr::Interval(interval) => match (&*interval.value, &interval.leading_field) {
                (Expr::Value(value), None) if matches!(value.value, Value::SingleQuotedString(_)) => Ok(()),
                _ => refuse(expression.span(), "this `interval`", NOT_ALIKE, "write `interval '28 days'`"),
            },
            Expr::Cast { kind, expr, data_type, array: false, format: None } => {
                self.cast(expression, kind, expr, data_type, inside)
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                let branches = conditions.iter().flat_map(|branch| [&branch.condition, &branch.result]);
                let ends = operand.iter().chain(else_result).map(|end| &**end);
                self.all(ends.chain(branches), inside)
            }
            Expr::Function(function) => self.function(function, place),
            Expr::Substring { expr, substring_from: Some(from), substring_for, special: true, .. } => {
                self.all([&**expr, from].into_iter().chain(substring_for.as_deref()), inside)
            }
            Expr::Trim { trim_where: None, trim_what: None, expr, trim_characters: None } => {
                self.expression(expr, inside)
            }
            other => self.refused(other),
        }
    }

    fn all<'a>(&self, expressions: impl IntoIterator<Item = &'a Expr>, place: Place) -> Checked {
        expressions.into_iter().try_for_each(|expression| self.expression(expression, place))
    }

    fn binary(&self, whole: &Expr, left: &Expr, op: &BinaryOperator, right: &Expr) -> Checked {
        use BinaryOperator::{
            And, Divide, DuckIntegerDivide, Eq, Gt, GtEq, Lt, LtEq, Minus, Modulo, Multiply, MyIntegerDivide, NotEq,
            Or, Plus, StringConcat,
        };
        match op {
            And | Or | Eq | NotEq | Lt | LtEq | Gt | GtEq | Plus | Minus | StringConcat => Ok(()),
            Multiply if is_fraction(left) || is_fraction(right) => {
                let why = "the product is rounded, and engines round differently";
                refuse(whole.span(), "`*` with a fraction", why, "multiply by whole numbers; rates are Rust's")
            }
            Multiply => Ok(()),
            Divide | DuckIntegerDivide | MyIntegerDivide => {
                let why = "whole numbers divide to fractions in some engines and to whole numbers in others";
                refuse(whole.span(), format!("`{op}`"), why, "return both numbers; division is Rust's")
            }
            Modulo => {
                let why = "engines differ on negative numbers";
                refuse(whole.span(), "`%`", why, "join `calendar`, or do it in Rust")
            }
            _ => refuse(whole.span(), format!("`{op}`"), NOT_ALIKE, "use comparisons, `+`, `-`, `*` and `||`"),
        }
    }

    fn literal(&self, whole: &Expr, value: &Value) -> Checked {
        match value {
            Value::Number(..) | Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null => Ok(()),
            _ => {
                let instead = "write numbers, 'text', true, false, null or `date '2026-02-28'`";
                refuse(whole.span(), format!("`{value}`"), NOT_ALIKE, instead)
            }
        }
    }

    fn cast(&self, whole: &Expr, kind: &CastKind, inner: &Expr, target: &DataType, inside: Place) -> Checked {
        if *kind != CastKind::Cast {
            return refuse(whole.span(), "this form of `cast`", NOT_ALIKE, "write `cast(… as bigint)`");
        }
        let widened = matches!(target, DataType::BigInt(None));
        let portable = match target {
            DataType::BigInt(None) | DataType::Varchar(None) | DataType::Text | DataType::Date | DataType::Boolean => {
                true
            }
            DataType::Double(ExactNumberInfo::None) | DataType::DoublePrecision => true,
            DataType::Decimal(ExactNumberInfo::PrecisionAndScale(18, 4 | 6)) => true,
            DataType::Timestamp(None, TimezoneInfo::None) => !matches!(inner, Expr::Value(_)),
            _ => false,
        };
        if !portable {
            let why = "engines differ in its width, or read it differently";
            let instead = "cast to bigint, decimal(18, 4), double, varchar, date or boolean";
            return refuse(whole.span(), format!("`cast(… as {})`", target.to_string().to_lowercase()), why, instead);
        }
        self.expression(inner, Place { widened, ..inside })
    }

    fn exists(&self, subquery: &sqlparser::ast::Query) -> Checked {
        let simple = subquery.with.is_none() && subquery.order_by.is_none();
        match subquery.body.as_select() {
            Some(select) if simple => {
                let mut counted = select.clone();
                // `select 1` needs no name where nobody reads it.
                counted.projection.retain(|item| !is_literal(item));
                self.select(&counted)
            }
            _ => refuse(subquery.span(), "this `exists`", NOT_ALIKE, "write `exists (select 1 from … where …)`"),
        }
    }

    fn refused(&self, expression: &Expr) -> Checked {
        let (construct, why, instead) = match expression {
            Expr::Subquery(_) => {
                ("a `select` as a value", "the engine has none", "`cross join` a `with` table of one row")
            }
            Expr::IsTrue(_) | Expr::IsFalse(_) | Expr::IsNotTrue(_) | Expr::IsNotFalse(_) => {
                ("`is true`", "on null one engine says null and another false", "write `= true` or `is null`")
            }
            Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => {
                ("`is distinct from`", "the engine has it in few places", "compare and test for null")
            }
            Expr::Extract { .. } => {
                ("`extract`", "its number is 8 bits wide and overflows", "join `calendar` and take its columns")
            }
            Expr::Ceil { .. } | Expr::Floor { .. } => ("rounding", "SQL never rounds", "return the exact number"),
            Expr::Position { .. } => {
                ("`position`", "one engine counts bytes and others letters", "use `like` or `starts_with`")
            }
            Expr::AtTimeZone { .. } => {
                ("`at time zone`", "the engine has none", "the lake has day columns in the shop's zone")
            }
            Expr::ILike { .. } | Expr::SimilarTo { .. } | Expr::RLike { .. } => {
                ("this match", NOT_ALIKE, "use `like`, with `lower` if need be")
            }
            Expr::TypedString(_) => ("this literal", NOT_ALIKE, "write `date '2026-02-28'`"),
            Expr::GroupingSets(_) | Expr::Cube(_) | Expr::Rollup(_) => {
                ("`grouping sets`, `cube` or `rollup`", "the engine has none", "`union all` the levels")
            }
            _ => ("this expression", "it is not known to be answered alike", "see the dialect in queries/README.md"),
        };
        refuse(expression.span(), construct, why, instead)
    }
}

fn is_fraction(expression: &Expr) -> bool {
    match expression {
        Expr::Value(value) => matches!(&value.value, Value::Number(text, _) if text.contains(['.', 'e', 'E'])),
        Expr::Nested(inner) | Expr::UnaryOp { expr: inner, .. } => is_fraction(inner),
        _ => false,
    }
}

fn is_day_or_time(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Date | DataType::Timestamp(None, TimezoneInfo::None))
}

fn is_literal(item: &sqlparser::ast::SelectItem) -> bool {
    matches!(item, sqlparser::ast::SelectItem::UnnamedExpr(Expr::Value(_)))
}
