//! Joins: outer ones on equal keys only, because one engine drops rows otherwise.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, Expr, Join, JoinConstraint, JoinOperator, Spanned, Visit, Visitor};

use super::expression::Place;
use super::{Checked, Guard, refuse};

impl Guard {
    /// Checks a join of the table `joined` to those that are `known`.
    pub(super) fn join(&self, join: &Join, known: &BTreeSet<String>, joined: &str) -> Checked {
        use JoinOperator::{CrossJoin, FullOuter, Inner, Join as Plain, Left, LeftOuter, Right, RightOuter};
        let span = join.relation.span();
        match &join.join_operator {
            _ if join.global => refuse(span, "`global join`", "engines do not have it alike", "write `inner join`"),
            CrossJoin(JoinConstraint::None) => Ok(()),
            Plain(constraint) | Inner(constraint) => self.constraint(constraint, known, joined, Outer::No, join),
            Left(constraint) | LeftOuter(constraint) => self.constraint(constraint, known, joined, Outer::Left, join),
            FullOuter(constraint) => self.constraint(constraint, known, joined, Outer::Full, join),
            Right(_) | RightOuter(_) => {
                refuse(span, "`right join`", "a reader looks for it on the left", "turn the tables round: `left join`")
            }
            _ => {
                let instead = "use `inner`, `left`, `full` or `cross join`, or `where exists (…)`";
                refuse(span, "this kind of join", "engines do not have it alike", instead)
            }
        }
    }

    fn constraint(
        &self,
        constraint: &JoinConstraint,
        known: &BTreeSet<String>,
        joined: &str,
        outer: Outer,
        join: &Join,
    ) -> Checked {
        match constraint {
            JoinConstraint::On(condition) => self.condition(condition, known, joined, outer),
            JoinConstraint::Using(_) if outer != Outer::Full => Ok(()),
            JoinConstraint::Using(_) => {
                let why = "one engine keeps the left key only";
                refuse(join.relation.span(), "`full join … using`", why, "write `on` and `coalesce` the keys")
            }
            _ => {
                let why = "which columns are joined is not written";
                refuse(join.relation.span(), "a join without `on`", why, "write `on`, or `cross join`")
            }
        }
    }

    fn condition(&self, condition: &Expr, known: &BTreeSet<String>, joined: &str, outer: Outer) -> Checked {
        match condition {
            Expr::Nested(inner) => self.condition(inner, known, joined, outer),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                self.condition(left, known, joined, outer)?;
                self.condition(right, known, joined, outer)
            }
            Expr::BinaryOp { left, op, right } if is_comparison(op) => {
                if outer != Outer::No && *op != BinaryOperator::Eq {
                    let why = "one engine drops the rows without a partner";
                    let instead = "put the range into an `inner join` of a `with` table first";
                    return refuse(condition.span(), format!("`{op}` in the `on` of an outer join"), why, instead);
                }
                self.expression(left, Place::plain())?;
                self.expression(right, Place::plain())?;
                let (left, right) = (Tables::of(left), Tables::of(right));
                if left.joins(&right, known, joined) || right.joins(&left, known, joined) {
                    return Ok(());
                }
                let why = match outer {
                    Outer::No => "the engine joins only columns of the one table with columns of the other",
                    _ => "one engine drops the rows without a partner",
                };
                let instead = "compare `this.column` with `other.column`; filter before, in a `with` table";
                refuse(condition.span(), "this condition in `on`", why, instead)
            }
            _ => {
                let instead = "join on `=` (inner joins: also `<`, `<=`, `>`, `>=`) and filter in `where`";
                refuse(condition.span(), "this condition in `on`", "the engine does not join on it", instead)
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outer {
    No,
    Left,
    Full,
}

fn is_comparison(op: &BinaryOperator) -> bool {
    use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq};
    matches!(op, Eq | Lt | LtEq | Gt | GtEq)
}

/// The tables that an expression names.
#[derive(Default)]
struct Tables {
    names: BTreeSet<String>,
    unnamed: bool,
}

impl Tables {
    fn of(expression: &Expr) -> Self {
        let mut tables = Self::default();
        let _: ControlFlow<()> = expression.visit(&mut tables);
        tables
    }

    /// True where this side is of the joined table alone and the other of those before it.
    fn joins(&self, other: &Self, known: &BTreeSet<String>, joined: &str) -> bool {
        !self.unnamed
            && !other.unnamed
            && self.names.len() == 1
            && self.names.contains(joined)
            && !other.names.is_empty()
            && other.names.is_subset(known)
    }
}

impl Visitor for Tables {
    type Break = ();

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        match expression {
            Expr::Identifier(_) => self.unnamed = true,
            Expr::CompoundIdentifier(path) => {
                self.names.extend(path.first().map(|table| table.value.clone()));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
