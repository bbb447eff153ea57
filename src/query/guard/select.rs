//! Statements, clauses and tables.

use std::collections::BTreeSet;

use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, Ident, LimitClause, OrderBy, OrderByKind, Query, Select, SelectFlavor, SelectItem,
    SetExpr, SetOperator, SetQuantifier, Spanned, TableFactor, With,
};

use super::expression::Place;
use super::function::has_aggregate;
use super::{Checked, Guard, refuse};

const NOT_STANDARD: &str = "engines do not have it alike";

impl Guard {
    pub(super) fn query(&self, query: &Query) -> Checked {
        if let Some(with) = &query.with {
            self.with(with)?;
        }
        let others = [
            ("`fetch`", query.fetch.is_some()),
            ("`for update`", !query.locks.is_empty()),
            ("`for xml`, `for json`", query.for_clause.is_some()),
            ("`settings`", query.settings.is_some()),
            ("`format`", query.format_clause.is_some()),
            ("`|>`", !query.pipe_operators.is_empty()),
        ];
        for (construct, present) in others {
            if present {
                return refuse(query.span(), construct, NOT_STANDARD, "leave it out, or use `limit`");
            }
        }
        self.body(&query.body)?;
        if let Some(order_by) = &query.order_by {
            self.order_by(order_by)?;
        }
        match &query.limit_clause {
            None => Ok(()),
            Some(LimitClause::LimitOffset { limit_by, .. }) if limit_by.is_empty() => Ok(()),
            Some(_) => refuse(query.span(), "this form of `limit`", NOT_STANDARD, "write `limit 10 offset 20`"),
        }
    }

    fn with(&self, with: &With) -> Checked {
        if with.recursive {
            let why = "the engine has no recursive queries";
            return refuse(with.with_token.0.span, "`with recursive`", why, "what walks a tree is Rust's");
        }
        for cte in &with.cte_tables {
            self.ident(&cte.alias.name)?;
            cte.alias.columns.iter().try_for_each(|column| self.given_name(&column.name))?;
            self.query(&cte.query)?;
        }
        Ok(())
    }

    fn body(&self, body: &SetExpr) -> Checked {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                let plain = match op {
                    SetOperator::Union => {
                        matches!(set_quantifier, SetQuantifier::All | SetQuantifier::Distinct | SetQuantifier::None)
                    }
                    SetOperator::Except | SetOperator::Intersect => {
                        matches!(set_quantifier, SetQuantifier::Distinct | SetQuantifier::None)
                    }
                    SetOperator::Minus => false,
                };
                if !plain {
                    let construct = format!("`{op} {set_quantifier}`").to_lowercase();
                    let instead = "write `union all`, `union`, `except` or `intersect`";
                    return refuse(body.span(), construct, NOT_STANDARD, instead);
                }
                self.body(left)?;
                self.body(right)
            }
            SetExpr::Values(values) => {
                let cells = values.rows.iter().flat_map(|row| row.content.iter());
                cells.into_iter().try_for_each(|cell| self.expression(cell, Place::plain()))
            }
            _ => refuse(body.span(), "this statement", "a query only reads", "write a `select`"),
        }
    }

    pub(super) fn select(&self, select: &Select) -> Checked {
        self.clauses(select)?;
        let relations = self.from(select)?;
        let grouped = matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if !keys.is_empty());
        let aggregated = grouped || select.projection.iter().any(|item| projected(item).is_some_and(has_aggregate));
        let place = Place { windows: !aggregated, ..Place::plain() };
        self.projection(select, place, relations.len())?;
        if let Some(condition) = &select.selection {
            self.expression(condition, Place::plain())?;
        }
        if let GroupByExpr::Expressions(keys, _) = &select.group_by {
            for key in keys {
                if matches!(key, Expr::Value(_)) {
                    return refuse(key.span(), "`group by` a number", NOT_STANDARD, "name the column");
                }
                self.expression(key, Place::plain())?;
            }
        }
        select.having.iter().try_for_each(|having| self.expression(having, Place::plain()))
    }

    fn clauses(&self, select: &Select) -> Checked {
        let unusual_group = match &select.group_by {
            GroupByExpr::All(_) => true,
            GroupByExpr::Expressions(_, modifiers) => !modifiers.is_empty(),
        };
        let others = [
            ("`distinct on`", matches!(select.distinct, Some(Distinct::On(_))), "use `row_number` in a `with` table"),
            ("`qualify`", select.qualify.is_some(), "use `row_number` in a `with` table and `where`"),
            ("`window`", !select.named_window.is_empty(), "write the window after `over`"),
            ("`group by all`, `rollup` or `cube`", unusual_group, "name the columns after `group by`"),
            ("`top`", select.top.is_some(), "use `limit`"),
            ("`into`", select.into.is_some(), "a query only reads"),
            ("`lateral view`", !select.lateral_views.is_empty(), "use a join"),
            ("`prewhere`", select.prewhere.is_some(), "use `where`"),
            ("`connect by`", !select.connect_by.is_empty(), "what walks a tree is Rust's"),
            ("`cluster by`", !select.cluster_by.is_empty(), "use `order by`"),
            ("`distribute by`", !select.distribute_by.is_empty(), "use `order by`"),
            ("`sort by`", !select.sort_by.is_empty(), "use `order by`"),
            ("`exclude`", select.exclude.is_some(), "name the columns"),
            ("`select as struct`", select.value_table_mode.is_some(), "name the columns"),
            ("a modifier of `select`", select.select_modifiers.is_some(), "leave it out"),
            ("`from` before `select`", select.flavor != SelectFlavor::Standard, "begin with `select`"),
        ];
        for (construct, present, instead) in others {
            if present {
                return refuse(select.select_token.0.span, construct, NOT_STANDARD, instead);
            }
        }
        Ok(())
    }

    /// The names under which the tables of a `from` are known.
    fn from(&self, select: &Select) -> Result<BTreeSet<String>, Box<super::Refusal>> {
        let mut known = BTreeSet::new();
        for (index, tables) in select.from.iter().enumerate() {
            if index > 0 {
                let why = "a join without a word is easily forgotten";
                refuse(tables.relation.span(), "a comma between tables", why, "write `cross join`")?;
            }
            known.insert(self.relation(&tables.relation)?);
            for join in &tables.joins {
                let name = self.relation(&join.relation)?;
                if known.contains(&name) {
                    let construct = format!("two tables named `{name}`");
                    refuse(join.relation.span(), construct, NOT_STANDARD, "give each its own `as name`")?;
                }
                self.join(join, &known, &name)?;
                known.insert(name);
            }
        }
        Ok(known)
    }

    fn relation(&self, factor: &TableFactor) -> Result<String, Box<super::Refusal>> {
        let refused = |construct: &str| -> Result<String, Box<super::Refusal>> {
            refuse(factor.span(), construct, NOT_STANDARD, "name a table, or use a `with` table")?;
            Ok(String::new())
        };
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                let [part] = name.0.as_slice() else { return refused("a table of another schema") };
                let Some(table) = part.as_ident() else { return refused("a computed table name") };
                self.ident(table)?;
                if !table.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                    return refused("a table by its path");
                }
                match alias {
                    Some(alias) if alias.name.value != table.value => self.given_name(&alias.name)?,
                    _ => {}
                }
                Ok(alias.as_ref().map_or(&table.value, |alias| &alias.name.value).clone())
            }
            TableFactor::Derived { lateral: false, subquery, alias: Some(alias), sample: None } => {
                self.given_name(&alias.name)?;
                alias.columns.iter().try_for_each(|column| self.given_name(&column.name))?;
                self.query(subquery)?;
                Ok(alias.name.value.clone())
            }
            TableFactor::Derived { alias: None, .. } => refused("a table in brackets without a name"),
            _ => refused("this kind of table"),
        }
    }

    fn projection(&self, select: &Select, place: Place, relations: usize) -> Checked {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for item in &select.projection {
            if let Some(expression) = projected(item) {
                self.expression(expression, place)?;
            }
            let name = match item {
                SelectItem::ExprWithAlias { alias, .. } => {
                    self.given_name(alias)?;
                    alias
                }
                SelectItem::UnnamedExpr(Expr::Identifier(name)) => name,
                SelectItem::UnnamedExpr(Expr::CompoundIdentifier(path)) => path.last().expect("a path has a last part"),
                SelectItem::Wildcard(_) if relations == 1 && select.projection.len() == 1 => continue,
                SelectItem::UnnamedExpr(_) => {
                    let why = "engines name it differently";
                    return refuse(item.span(), "a column without a name", why, "write `… as name`");
                }
                _ => {
                    return refuse(item.span(), "`*` here", "engines name the columns differently", "name the columns");
                }
            };
            self.unique(&mut names, name)?;
        }
        Ok(())
    }

    fn unique<'a>(&self, names: &mut BTreeSet<&'a str>, name: &'a Ident) -> Checked {
        if names.insert(&name.value) {
            return Ok(());
        }
        let construct = format!("two columns named `{}`", name.value);
        refuse(name.span, construct, "engines name the second one differently", "write `… as name`")
    }

    fn order_by(&self, order_by: &OrderBy) -> Checked {
        let OrderByKind::Expressions(expressions) = &order_by.kind else {
            return refuse(order_by.span(), "`order by all`", NOT_STANDARD, "name the columns");
        };
        for ordered in expressions {
            if ordered.with_fill.is_some() || order_by.interpolate.is_some() {
                return refuse(ordered.span(), "`with fill`", NOT_STANDARD, "join `calendar`");
            }
            self.expression(&ordered.expr, Place::plain())?;
        }
        Ok(())
    }
}

fn projected(item: &SelectItem) -> Option<&Expr> {
    match item {
        SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } => Some(expression),
        _ => None,
    }
}
