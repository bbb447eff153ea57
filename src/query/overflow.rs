//! Did an integer of an answer leave its 64 bits? The engine starts again from below zero and says
//! nothing, so the question is asked once more in floats, which have room, and the answers are compared.

use std::mem;
use std::ops::ControlFlow;

use arrow::array::AsArray;
use arrow::datatypes::{Float64Type, Int64Type};
use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, ExactNumberInfo, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Value,
    VisitMut, VisitorMut,
};

use super::guard;
use crate::error::{Diagnostic, Result};
use crate::lake::Rows;

/// The statement with its sums and products in floats; none where it has neither.
pub(super) fn in_floats(path: &str, sql: &str) -> Result<Option<String>> {
    let mut query = guard::parse(path, sql)?;
    let mut floats = Floats { any: false };
    let _ = query.visit(&mut floats);
    Ok(floats.any.then(|| query.to_string()))
}

/// Fails where the exact answer is far from the one in floats.
///
/// # Errors
/// Names the column and the row that went beyond 64 bits.
pub(super) fn compare(name: &str, exact: &Rows, floats: &Rows) -> Result<()> {
    if exact.len() != floats.len() {
        return Ok(());
    }
    let schema = exact.batch().schema();
    let columns = exact.batch().columns().iter().zip(floats.batch().columns());
    for (field, (exact, float)) in schema.fields().iter().zip(columns) {
        let typed = exact.as_primitive_opt::<Int64Type>().zip(float.as_primitive_opt::<Float64Type>());
        let Some((exact, float)) = typed else { continue };
        let is_far = |(exact, float): (Option<i64>, Option<f64>)| {
            exact.zip(float).is_some_and(|(exact, float)| (exact as f64 - float).abs() > 1.0 + float.abs() * 1e-6)
        };
        if exact.iter().zip(float).any(is_far) {
            let message =
                format!("`{name}`.`{}` goes beyond 9,223,372,036,854,775,807, the largest integer", field.name());
            let hint = "write a factor as `cast(… as double)`, or add up and multiply less at once";
            return Err(Diagnostic::error("integer-overflow", message).hint(hint).into());
        }
    }
    Ok(())
}

struct Floats {
    any: bool,
}

impl VisitorMut for Floats {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        let operand = match expression {
            Expr::BinaryOp {
                left,
                op: BinaryOperator::Plus | BinaryOperator::Minus | BinaryOperator::Multiply,
                ..
            } => Some(left.as_mut()),
            Expr::Function(function) if function.name.to_string().eq_ignore_ascii_case("sum") => {
                match &mut function.args {
                    FunctionArguments::List(list) => list.args.first_mut().and_then(|argument| match argument {
                        FunctionArg::Unnamed(FunctionArgExpr::Expr(inner)) => Some(inner),
                        _ => None,
                    }),
                    _ => None,
                }
            }
            _ => None,
        };
        if let Some(operand) = operand {
            self.any = true;
            let inner = mem::replace(operand, Expr::Value(Value::Null.into()));
            *operand = Expr::Cast {
                kind: CastKind::Cast,
                expr: Box::new(inner),
                data_type: DataType::Double(ExactNumberInfo::None),
                array: false,
                format: None,
            };
        }
        ControlFlow::Continue(())
    }
}
