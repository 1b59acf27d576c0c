//! Column names whatever their case: where nothing has a name exactly, the one that differs only in case is meant.
//!
//! DataFusion itself says which name it did not find, where, and which it knows. That name alone is mended and the
//! statement planned again, so scopes are always those of the engine.

use super::explain_error::{MissingColumn, explain_in, missing_column};
use super::tables::visit;
use crate::error::{Error, Result};
use datafusion::common::{Column, TableReference};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement as Ast;
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArguments, Ident, JoinConstraint, JoinOperator, ObjectNamePart, Select, TableFactor, VisitorMut,
};
use std::ops::ControlFlow;

/// Most names mended in one statement.
const MAX_MENDED: usize = 2_000;

/// Plans a statement, mending the case of column names as often as needed.
pub(super) async fn plan(mut ast: Ast, state: &SessionState) -> Result<LogicalPlan> {
    for _ in 0..MAX_MENDED {
        let error = match state.statement_to_plan(ast.clone()).await {
            Ok(plan) => return Ok(plan),
            Err(error) => error,
        };
        let Some(missing) = missing_column(&error) else { return Err(explain_in(error, state)) };
        if mend(&mut ast, &missing, &missing.known)? {
            continue;
        }
        // The engine lists the columns of the innermost query; a correlated one may mean an outer table.
        let outer = columns_of_tables(&mut ast, state).await;
        if !mend(&mut ast, &missing, &outer)? {
            return Err(explain_in(error, state));
        }
    }
    Err(Error::Query(format!("more than {MAX_MENDED} names differ in case from the columns they mean")))
}

/// Mends the missing name by one of `known`. False when none differs from it in case alone.
fn mend(ast: &mut Ast, missing: &MissingColumn, known: &[Column]) -> Result<bool> {
    let mut mender = Mender { missing: &missing.column, known, place: missing.place, mended: 0, error: None };
    let _ = visit(ast, &mut mender);
    mender.error.map_or(Ok(mender.mended > 0), Err)
}

/// The columns of every table that the statement names, under the names it gives them.
async fn columns_of_tables(ast: &mut Ast, state: &SessionState) -> Vec<Column> {
    let mut tables = Tables(Vec::new());
    let _ = visit(ast, &mut tables);
    let mut columns = Vec::new();
    for (reference, called) in tables.0 {
        let Ok(schema) = state.schema_for_ref(reference.clone()) else { continue };
        let Ok(Some(table)) = schema.table(reference.table()).await else { continue };
        columns.extend(table.schema().fields().iter().map(|field| Column::new(Some(called.as_str()), field.name())));
    }
    columns
}

/// Collects tables and what they are called.
struct Tables(Vec<(TableReference, String)>);

impl VisitorMut for Tables {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, alias, .. } = factor {
            let parts: Vec<String> = name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.clone()).collect();
            let reference = match parts.as_slice() {
                [table] => TableReference::bare(table.clone()),
                [schema, table] => TableReference::partial(schema.clone(), table.clone()),
                [catalog, schema, table] => TableReference::full(catalog.clone(), schema.clone(), table.clone()),
                _ => return ControlFlow::Continue(()),
            };
            let called = alias.as_ref().map_or_else(|| reference.table().to_owned(), |alias| alias.name.value.clone());
            self.0.push((reference, called));
        }
        ControlFlow::Continue(())
    }
}

struct Mender<'m> {
    missing: &'m Column,
    known: &'m [Column],
    /// Line and column of the statement, where the engine knows them.
    place: Option<(u64, u64)>,
    mended: usize,
    error: Option<Error>,
}

impl VisitorMut for Mender<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        match expr {
            Expr::Identifier(ident) => self.mend(std::slice::from_mut(ident)),
            Expr::CompoundIdentifier(idents) => self.mend(idents),
            // The parser takes `user` and its like for functions; the planner, where no function has the name, for columns.
            Expr::Function(call) if matches!(call.args, FunctionArguments::None) => {
                if let [ObjectNamePart::Identifier(ident)] = call.name.0.as_mut_slice() {
                    self.mend(std::slice::from_mut(ident));
                    if ident.quote_style.is_some() {
                        *expr = Expr::Identifier(ident.clone());
                    }
                }
            }
            _ => {}
        }
        if self.error.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        // USING (name) is no expression.
        for join in select.from.iter_mut().flat_map(|from| &mut from.joins) {
            if let JoinOperator::Join(constraint)
            | JoinOperator::Inner(constraint)
            | JoinOperator::Left(constraint)
            | JoinOperator::LeftOuter(constraint)
            | JoinOperator::Right(constraint)
            | JoinOperator::RightOuter(constraint)
            | JoinOperator::FullOuter(constraint) = &mut join.join_operator
                && let JoinConstraint::Using(names) = constraint
            {
                for part in names.iter_mut().flat_map(|name| &mut name.0) {
                    if let ObjectNamePart::Identifier(ident) = part {
                        self.mend(std::slice::from_mut(ident));
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }
}

impl Mender<'_> {
    /// Mends a name if it is the missing one.
    fn mend(&mut self, idents: &mut [Ident]) {
        let here = match (self.place, idents.first()) {
            (Some(place), Some(first)) => place == (first.span.start.line, first.span.start.column),
            (None, Some(_)) => self.is_missing(idents),
            (_, None) => false,
        };
        if !here || idents.iter().any(|ident| ident.quote_style.is_some()) && !self.loose_enough(idents) {
            return;
        }
        // The longest known name that the identifiers begin with; what follows it are members of a struct.
        let mut best: Vec<Vec<&str>> = Vec::new();
        for known in self.known {
            let table = known.relation.as_ref().map(|relation| relation.table());
            let forms = [table.map(|table| vec![table, known.name.as_str()]), Some(vec![known.name.as_str()])];
            for form in forms.into_iter().flatten() {
                let fits = form.len() <= idents.len() && form.iter().zip(idents.iter()).all(|(name, ident)| fits(name, ident));
                let longest = best.first().map_or(0, Vec::len);
                if fits && form.len() > longest {
                    best = vec![form];
                } else if fits && form.len() == longest && !best.contains(&form) {
                    best.push(form);
                }
            }
        }
        match best.as_slice() {
            [] => {}
            [form] => {
                if form.iter().zip(idents.iter()).all(|(name, ident)| *name == ident.value) {
                    return;
                }
                for (name, ident) in form.iter().zip(idents) {
                    ident.value = (*name).to_owned();
                    // The span stays: it is how the next error finds its place.
                    ident.quote_style = Some('"');
                }
                self.mended += 1;
            }
            several => {
                let written = idents.iter().map(|ident| ident.value.as_str()).collect::<Vec<_>>().join(".");
                let names = several.iter().map(|form| format!("\"{}\"", form.join("\".\""))).collect::<Vec<_>>().join(" and ");
                self.error = Some(Error::Query(format!("column '{written}' could be {names}: quote the one you mean")));
            }
        }
    }

    /// A quoted part must match exactly, unquoted ones may differ.
    fn loose_enough(&self, idents: &[Ident]) -> bool {
        idents.iter().any(|ident| ident.quote_style.is_none())
    }

    fn is_missing(&self, idents: &[Ident]) -> bool {
        let last = idents.last().is_some_and(|ident| ident.value == self.missing.name);
        match (&self.missing.relation, idents) {
            (None, [_]) => last,
            (Some(relation), [.., table, _]) => last && table.value == relation.table(),
            _ => false,
        }
    }
}

fn fits(name: &str, ident: &Ident) -> bool {
    if ident.quote_style.is_some() { name == ident.value } else { name.to_lowercase() == ident.value.to_lowercase() }
}
