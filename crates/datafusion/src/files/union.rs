//! Tables of several formats as one, united by column name.

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{CastExpr, Column, Literal};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::union::UnionExec;
use std::sync::Arc;

/// The parts, each with the name that stands for it in errors.
#[derive(Debug)]
pub(crate) struct UnionTable {
    parts: Vec<Arc<dyn TableProvider>>,
    schema: SchemaRef,
}

impl UnionTable {
    pub(crate) fn try_new(parts: Vec<(String, Arc<dyn TableProvider>)>) -> Result<Self, crate::error::Error> {
        let schemas = parts.iter().map(|(name, part)| (name.as_str(), part.schema()));
        let schema = Arc::new(unite(schemas)?);
        Ok(Self { parts: parts.into_iter().map(|(_, part)| part).collect(), schema })
    }
}

/// One schema with every column of all, in order of first appearance.
pub(crate) fn unite<'n>(schemas: impl Iterator<Item = (&'n str, SchemaRef)>) -> Result<Schema, crate::error::Error> {
    let mut fields: Vec<(String, DataType, &'n str)> = Vec::new();
    let mut index = std::collections::HashMap::new();
    for (source, schema) in schemas {
        for field in schema.fields() {
            let Some(&at) = index.get(field.name()) else {
                index.insert(field.name().clone(), fields.len());
                fields.push((field.name().clone(), field.data_type().clone(), source));
                continue;
            };
            if let Some((name, data_type, first)) = fields.get_mut(at) {
                *data_type = wider(data_type, field.data_type()).ok_or_else(|| {
                    let own = field.data_type();
                    crate::error::Error::Query(format!(
                        "column '{name}' is {data_type} in '{first}' and {own} in '{source}', which cannot be united; query the files one by one"
                    ))
                })?;
            }
        }
    }
    Ok(Schema::new(fields.into_iter().map(|(name, data_type, _)| Field::new(name, data_type, true)).collect::<Vec<_>>()))
}

/// The type that holds the values of both.
fn wider(a: &DataType, b: &DataType) -> Option<DataType> {
    use DataType::{Boolean, Date32, Date64, Float32, Float64, Int64, LargeUtf8, Null, Timestamp, UInt64, Utf8, Utf8View};
    let text = |t: &DataType| matches!(t, Utf8 | LargeUtf8 | Utf8View);
    let plain = |t: &DataType| text(t) || t.is_numeric() || matches!(t, Boolean | Date32 | Date64 | Timestamp(..));
    Some(match (a, b) {
        _ if a == b => a.clone(),
        (Null, other) | (other, Null) => other.clone(),
        _ if text(a) && text(b) => Utf8View,
        (UInt64, other) | (other, UInt64) if other.is_integer() && !other.is_unsigned_integer() => Utf8View,
        _ if a.is_integer() && b.is_integer() => {
            if *a == UInt64 || *b == UInt64 {
                UInt64
            } else {
                Int64
            }
        }
        _ if matches!(a, Float32 | Float64) && matches!(b, Float32 | Float64) => Float64,
        _ if (matches!(a, Float32 | Float64) && b.is_integer()) || (matches!(b, Float32 | Float64) && a.is_integer()) => Float64,
        (Timestamp(_, zone), Timestamp(_, other)) if zone == other => Timestamp(TimeUnit::Nanosecond, zone.clone()),
        _ if plain(a) && plain(b) => Utf8View,
        _ => return None,
    })
}

#[async_trait]
impl TableProvider for UnionTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wanted: Vec<Field> = match projection {
            Some(columns) => self.schema.project(columns)?.fields().iter().map(|field| field.as_ref().clone()).collect(),
            None => self.schema.fields().iter().map(|field| field.as_ref().clone()).collect(),
        };
        let mut inputs = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let schema = part.schema();
            let columns: Vec<usize> = wanted.iter().filter_map(|field| schema.index_of(field.name()).ok()).collect();
            let input = part.scan(state, Some(&columns), &[], limit).await?;
            if wanted.is_empty() {
                inputs.push(input);
                continue;
            }
            let given = input.schema();
            let mut expressions: Vec<(Arc<dyn PhysicalExpr>, String)> = Vec::with_capacity(wanted.len());
            for field in &wanted {
                let expression: Arc<dyn PhysicalExpr> = match given.index_of(field.name()) {
                    Ok(at) => {
                        let column = Arc::new(Column::new(field.name(), at));
                        if given.field(at).data_type() == field.data_type() {
                            column
                        } else {
                            Arc::new(CastExpr::new(column, field.data_type().clone(), None))
                        }
                    }
                    Err(_) => Arc::new(Literal::new(ScalarValue::try_from(field.data_type())?)),
                };
                expressions.push((expression, field.name().clone()));
            }
            inputs.push(Arc::new(ProjectionExec::try_new(expressions, input)?));
        }
        UnionExec::try_new(inputs)
    }
}
