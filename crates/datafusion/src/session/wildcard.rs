//! `_file` and `_line` are columns to ask for: `*` leaves them out.

use super::FILES_SCHEMA;
use super::tables::visit;
use datafusion::sql::parser::Statement as Ast;
use datafusion::sql::sqlparser::ast::{
    ExcludeSelectItem, Ident, JoinConstraint, JoinOperator, ObjectName, Select, SelectItem, SelectItemQualifiedWildcardKind, TableFactor,
    VisitorMut, WildcardAdditionalOptions,
};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Extra columns by the key of the files.
#[derive(Debug, Default)]
pub(super) struct ExtraColumns(HashMap<String, Vec<String>>);

impl ExtraColumns {
    pub(super) fn add(&mut self, key: String, names: Vec<String>) {
        if !names.is_empty() {
            self.0.insert(key, names);
        }
    }
}

/// Makes every `*` over files leave the extra columns out.
pub(super) fn hide(ast: &mut Ast, extras: &ExtraColumns) {
    if !extras.0.is_empty() {
        let _ = visit(ast, &mut Hider(extras));
    }
}

struct Hider<'e>(&'e ExtraColumns);

/// A relation of FROM: what it is called and which extra columns it has.
struct Relation<'e> {
    called: Option<ObjectName>,
    extras: &'e [String],
}

impl VisitorMut for Hider<'_> {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        let factors: Vec<&TableFactor> = select
            .from
            .iter()
            .flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)))
            .collect();
        let relations: Vec<Relation<'_>> = factors.into_iter().map(|factor| self.relation(factor)).collect();
        if relations.iter().all(|relation| relation.extras.is_empty()) {
            return ControlFlow::Continue(());
        }
        let merges = select.from.iter().flat_map(|from| &from.joins).any(|join| merges_columns(&join.join_operator));
        let mut projection = Vec::with_capacity(select.projection.len());
        for item in std::mem::take(&mut select.projection) {
            match item {
                SelectItem::Wildcard(options) => projection.extend(unqualified(options, &relations, merges)),
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), mut options) => {
                    let called = |relation: &&Relation<'_>| relation.called.as_ref().is_some_and(|called| same(called, &name));
                    if let Some(relation) = relations.iter().find(called) {
                        exclude(&mut options, relation.extras);
                    }
                    projection.push(SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options));
                }
                other => projection.push(other),
            }
        }
        select.projection = projection;
        ControlFlow::Continue(())
    }
}

impl<'e> Hider<'e> {
    fn relation(&self, factor: &TableFactor) -> Relation<'e> {
        let (name, alias) = match factor {
            TableFactor::Table { name, alias, .. } => (Some(name), alias),
            TableFactor::Derived { alias, .. } => (None, alias),
            _ => return Relation { called: None, extras: &[] },
        };
        let idents: Vec<&Ident> = name.iter().flat_map(|name| &name.0).filter_map(|part| part.as_ident()).collect();
        let extras = match idents.as_slice() {
            [schema, key] if schema.value == FILES_SCHEMA => self.0.0.get(&key.value).map_or(&[][..], Vec::as_slice),
            _ => &[],
        };
        let called = alias.as_ref().map(|alias| ObjectName::from(vec![alias.name.clone()])).or_else(|| name.cloned());
        Relation { called, extras }
    }
}

fn same(a: &ObjectName, b: &ObjectName) -> bool {
    let text =
        |name: &ObjectName| name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.to_lowercase()).collect::<Vec<_>>();
    text(a) == text(b)
}

/// `*` without the extra columns: EXCLUDE where one relation has them, else one `t.*` per relation.
fn unqualified(mut options: WildcardAdditionalOptions, relations: &[Relation<'_>], merges: bool) -> Vec<SelectItem> {
    let with_extras: Vec<&Relation<'_>> = relations.iter().filter(|relation| !relation.extras.is_empty()).collect();
    if let [only] = with_extras.as_slice() {
        exclude(&mut options, only.extras);
        return vec![SelectItem::Wildcard(options)];
    }
    let all: Option<Vec<SelectItem>> = relations
        .iter()
        .map(|relation| {
            let mut options = options.clone();
            exclude(&mut options, relation.extras);
            Some(SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(relation.called.clone()?), options))
        })
        .collect();
    match all {
        Some(items) if !merges => items,
        _ => vec![SelectItem::Wildcard(options)],
    }
}

/// USING and NATURAL make one column of two, which `t.*` would not.
fn merges_columns(operator: &JoinOperator) -> bool {
    let constraint = match operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::FullOuter(constraint) => constraint,
        _ => return false,
    };
    matches!(constraint, JoinConstraint::Using(_) | JoinConstraint::Natural)
}

fn exclude(options: &mut WildcardAdditionalOptions, extras: &[String]) {
    let mut names: Vec<ObjectName> = match options.opt_exclude.take() {
        Some(ExcludeSelectItem::Single(name)) => vec![name],
        Some(ExcludeSelectItem::Multiple(names)) => names,
        None => Vec::new(),
    };
    let excepted: Vec<String> = options
        .opt_except
        .iter()
        .flat_map(|except| std::iter::once(&except.first_element).chain(&except.additional_elements))
        .map(|ident| ident.value.clone())
        .collect();
    for extra in extras {
        let name = ObjectName::from(vec![Ident::with_quote('"', extra)]);
        if !excepted.contains(extra) && !names.iter().any(|known| same(known, &name)) {
            names.push(name);
        }
    }
    if !names.is_empty() {
        options.opt_exclude = Some(ExcludeSelectItem::Multiple(names));
    }
}
