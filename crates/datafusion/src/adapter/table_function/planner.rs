//! From a call in FROM to a logical plan.

use super::super::group::{coerce_one, is_null};
use super::super::options;
use super::super::scalar;
use super::super::shown::shown_columns;
use super::bare_name;
use super::call::{Call, Placed, place};
use super::node::{ARGUMENT, PART, TableFunctionNode};
use crate::files::{Context, LocalFiles, Stdin, Warnings};
use crate::logs::{LogRequest, ReaderCall, open_log};
use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::CatalogProviderList;
use datafusion::common::{DFSchema, TableReference};
use datafusion::datasource::provider_as_source;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Cast, Expr, ExprSchemable, Extension, LogicalPlan, LogicalPlanBuilder};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::sql::sqlparser::ast::{AccessExpr, Expr as SqlExpr, Ident, ObjectName, Subscript, TableFactor, Value as SqlValue};
use futures::FutureExt;
use huntsql_kernels::group::{Expression, Given, GroupFunction, Shape, TableColumn};
use huntsql_kernels::nearest::hint;
use huntsql_kernels::options::Value;
use huntsql_kernels::types::ArgType;
use huntsql_readers::Cancel;
use std::collections::HashSet;
use std::sync::Arc;

/// Plans the calls of our functions in FROM.
#[derive(Debug)]
pub(super) struct TableFunctions {
    functions: Vec<&'static dyn GroupFunction>,
    catalogs: Arc<dyn CatalogProviderList>,
}

impl TableFunctions {
    pub(super) fn new(functions: Vec<&'static dyn GroupFunction>, catalogs: Arc<dyn CatalogProviderList>) -> Self {
        Self { functions, catalogs }
    }

    /// The function that a call means; an error where it can only be meant for us and is not known.
    fn find(&self, name: &ObjectName) -> Result<Option<&'static dyn GroupFunction>> {
        let Some((bare, is_ours)) = bare_name(name) else { return Ok(None) };
        let found = self.functions.iter().copied().find(|function| function.spec().name == bare);
        if found.is_none() && is_ours {
            let near = hint(&bare, self.functions.iter().map(|function| function.spec().name));
            return Err(DataFusionError::Plan(format!("no table function 'huntsql.{bare}'{near}")));
        }
        Ok(found)
    }

    /// The plan of the table argument: a name, a text with a name, or a sub-select.
    fn table(&self, function: &str, table: SqlExpr, context: &mut dyn RelationPlannerContext) -> Result<LogicalPlan> {
        match table {
            SqlExpr::Subquery(query) => context.plan(TableFactor::Derived { lateral: false, subquery: query, alias: None, sample: None }),
            SqlExpr::Nested(inner) => self.table(function, *inner, context),
            SqlExpr::Identifier(name) => self.named(ObjectName::from(vec![name]), context),
            SqlExpr::CompoundIdentifier(names) => self.named(ObjectName::from(names), context),
            SqlExpr::Value(value) => match value.value {
                SqlValue::SingleQuotedString(name) => {
                    self.named(ObjectName::from(name.split('.').map(Ident::new).collect::<Vec<_>>()), context)
                }
                other => Err(DataFusionError::Plan(format!("{function}: argument 'tbl' must name a table, got {other}"))),
            },
            other => Err(DataFusionError::Plan(format!("{function}: argument 'tbl' must name a table, got {other}"))),
        }
    }

    /// Names of the statement's own tables are known to the planner, all others to the catalogs.
    fn named(&self, name: ObjectName, context: &mut dyn RelationPlannerContext) -> Result<LogicalPlan> {
        let factor = TableFactor::Table {
            name: name.clone(),
            alias: None,
            args: None,
            with_hints: Vec::new(),
            version: None,
            with_ordinality: false,
            partitions: Vec::new(),
            json_path: None,
            sample: None,
            index_hints: Vec::new(),
        };
        let unknown = match context.plan(factor) {
            Ok(plan) => return Ok(plan),
            Err(error) => error,
        };
        let reference: TableReference = context.object_name_to_table_reference(name)?;
        let defaults = &context.context_provider().options().catalog;
        let full = reference.clone().resolve(&defaults.default_catalog, &defaults.default_schema);
        let Some(schema) = self.catalogs.catalog(&full.catalog).and_then(|catalog| catalog.schema(&full.schema)) else {
            return Err(unknown);
        };
        match schema.table(&full.table).now_or_never() {
            Some(table) => match table? {
                Some(table) => LogicalPlanBuilder::scan(reference, provider_as_source(table), None)?.build(),
                None => Err(unknown),
            },
            None => Err(DataFusionError::Plan(format!("the table '{reference}' is looked up remotely: write (SELECT * FROM {reference})"))),
        }
    }
}

impl RelationPlanner for TableFunctions {
    fn plan_relation(&self, relation: TableFactor, context: &mut dyn RelationPlannerContext) -> Result<RelationPlanning> {
        let Some(call) = Call::read(&relation) else { return Ok(RelationPlanning::Original(Box::new(relation))) };
        if let Some(planned) = reader(&call)? {
            return Ok(planned);
        }
        let Some(function) = self.find(&call.name)? else { return Ok(RelationPlanning::Original(Box::new(relation))) };
        let placed = place(function, call.args)?;
        let Placed { table, mut arguments, part, options } = placed;
        let table = table.ok_or_else(|| DataFusionError::Internal("a call without its table".to_owned()))?;
        let input = self.table(function.spec().name, table, context)?;
        let mut options = constants(function, options, context)?;
        let given = given(function, &mut arguments, input.schema(), context)?;
        let mut several = Vec::new();
        if let Some(found) = function.recognise(&table_columns(input.schema()), &given, &options).map_err(scalar::engine_error)? {
            options = found.options;
            several = found.several;
            for (argument, column) in arguments.iter_mut().zip(found.columns) {
                *argument = argument.take().or_else(|| column.map(|name| column_of(input.schema(), &name)));
            }
        }
        let input = project(function, input, arguments, &several, part, context)?;
        let node = TableFunctionNode::try_new(function, options, input)?;
        let plan = LogicalPlan::Extension(Extension { node: Arc::new(node) });
        let plan = LogicalPlanBuilder::from(plan).alias(function.spec().name)?.build()?;
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, call.alias))))
    }
}

/// A reader of log files: `read_syslog('/var/log/syslog')`. The files are looked at while the statement is planned.
fn reader(call: &Call) -> Result<Option<RelationPlanning>> {
    let [part] = call.name.0.as_slice() else { return Ok(None) };
    let Some(reader) = part.as_ident().and_then(|name| huntsql_catalogue::reader(&name.value)) else { return Ok(None) };
    let name = reader.signature().spec.name;
    let request = LogRequest { reader, call: ReaderCall::read(name, &call.args).map_err(scalar::engine_error)? };
    let files = Context { lister: Arc::new(LocalFiles), stdin: Stdin::default(), warnings: Warnings::default() };
    // A feed at a URL is downloaded here.
    let table = scalar::aside(|| open_log(&request, &files, Cancel::default()))?;
    let plan = LogicalPlanBuilder::scan(TableReference::bare(name), provider_as_source(table), None)?.build()?;
    Ok(Some(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, call.alias.clone())))))
}

/// The columns of a table, and what is in its structs.
fn table_columns(schema: &DFSchema) -> Vec<TableColumn> {
    fn add(columns: &mut Vec<TableColumn>, name: String, ty: &DataType, depth: usize) {
        if let DataType::Struct(fields) = ty
            && depth < MOST_LEVELS
        {
            for field in fields {
                add(columns, format!("{name}.{}", field.name()), field.data_type(), depth + 1);
            }
        }
        columns.push(TableColumn { name, is_text: is_text(ty), is_nested: depth > 0, is_zoned: is_zoned(ty) });
    }
    let mut columns = Vec::new();
    schema.fields().iter().for_each(|field| add(&mut columns, field.name().clone(), field.data_type(), 0));
    columns
}

fn is_text(ty: &DataType) -> bool {
    matches!(ty, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(_, _))
}

fn is_zoned(ty: &DataType) -> bool {
    matches!(ty, DataType::Timestamp(_, Some(_)))
}

/// Structs in structs that are looked into.
const MOST_LEVELS: usize = 4;

/// A column as it is written: one of that name, or a field of a struct.
fn column_of(schema: &DFSchema, name: &str) -> SqlExpr {
    let quoted = |name: &str| SqlExpr::Identifier(Ident::with_quote('"', name));
    if schema.fields().iter().any(|field| field.name() == name) {
        return quoted(name);
    }
    let mut steps = name.split('.');
    let root = quoted(steps.next().unwrap_or_default());
    let field = |step: &str| {
        let index = SqlExpr::Value(SqlValue::SingleQuotedString(step.to_owned()).with_empty_span());
        AccessExpr::Subscript(Subscript::Index { index })
    };
    SqlExpr::CompoundFieldAccess { root: Box::new(root), access_chain: steps.map(field).collect() }
}

/// The arguments as the call gives them. Names of columns are taken out: [`GroupFunction::recognise`] says which columns they are.
fn given(
    function: &dyn GroupFunction,
    arguments: &mut [Option<SqlExpr>],
    schema: &DFSchema,
    context: &mut dyn RelationPlannerContext,
) -> Result<Vec<Given>> {
    let mut given = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter_mut().enumerate() {
        let is_columns = function.args().get(index) == Some(&ArgType::Columns);
        let name = function.spec().args.get(index).map_or("?", |arg| arg.name);
        given.push(match argument.take_if(|_| is_columns) {
            Some(names) => match constants(function, vec![(name, names)], context)? {
                Value::Struct(fields) => {
                    let names = fields.first().map_or(Ok(Given::Nothing), |(_, value)| Given::names(value));
                    names.map_err(|problem| DataFusionError::Plan(format!("{}: argument '{name}' {problem}", function.spec().name)))?
                }
                _ => Given::Nothing,
            },
            None => argument.as_ref().map_or(Given::Nothing, |written| {
                // What is wrong in it is said where it is planned.
                let ty = context.sql_to_expr(written.clone(), schema).and_then(|expr| expr.get_type(schema)).unwrap_or(DataType::Null);
                Given::Expression(Expression { sql: written.to_string(), is_text: is_text(&ty), is_zoned: is_zoned(&ty) })
            }),
        });
    }
    Ok(given)
}

/// The options as one struct. They must be constants.
fn constants(function: &dyn GroupFunction, given: Vec<(&'static str, SqlExpr)>, context: &mut dyn RelationPlannerContext) -> Result<Value> {
    let none = Arc::new(DFSchema::empty());
    let mut fields = Vec::with_capacity(given.len());
    for (name, written) in given {
        let shown = written.to_string();
        let not_constant = || DataFusionError::Plan(format!("{}: option '{name}' must be a constant, got {shown}", function.spec().name));
        let expr = context.sql_to_expr(written, &none).map_err(|_| not_constant())?;
        let simplifier = ExprSimplifier::new(SimplifyContext::builder().with_schema(Arc::clone(&none)).build());
        let expr = simplifier.coerce(expr, &none).and_then(|expr| simplifier.simplify(expr)).map_err(|_| not_constant())?;
        match expr {
            Expr::Literal(value, _) => fields.push((name.to_owned(), options::from_scalar(&value)?)),
            _ => return Err(not_constant()),
        }
    }
    Ok(Value::Struct(fields))
}

/// The columns that the node reads: those of the table where it passes them on, then the arguments and the part under names of our own.
fn project(
    function: &'static dyn GroupFunction,
    input: LogicalPlan,
    arguments: Vec<Option<SqlExpr>>,
    several: &[(usize, Vec<String>)],
    part: Option<SqlExpr>,
    context: &mut dyn RelationPlannerContext,
) -> Result<LogicalPlan> {
    let schema = Arc::clone(input.schema());
    let mut columns: Vec<Expr> = Vec::new();
    if function.shape() == Shape::Events && function.signature().keeps_rows {
        columns.extend(beside(function, &schema));
    }
    if function.shape() == Shape::PerRow {
        for (reference, field) in schema.iter() {
            if function.fields().iter().any(|(added, _)| field.name() == added) {
                let (name, column) = (function.spec().name, field.name());
                return Err(DataFusionError::Plan(format!(
                    "{name}: the table already has a column '{column}', which {name} adds; leave it out or rename it in a sub-select"
                )));
            }
            columns.push(Expr::from((reference, field)));
        }
    }
    for (index, argument) in arguments.into_iter().enumerate() {
        if let Some((_, names)) = several.iter().find(|(place, _)| *place == index) {
            // No column is an argument that is not given.
            if names.is_empty() {
                continue;
            }
            let shown = names.iter().map(|name| context.sql_to_expr(column_of(&schema, name), &schema)).collect::<Result<Vec<_>>>()?;
            columns.push(shown_columns().call(shown).alias(format!("{ARGUMENT}{index}")));
            continue;
        }
        let Some(argument) = argument else { continue };
        let expr = context.sql_to_expr(argument, &schema)?;
        let given = expr.get_type(&schema)?;
        // A column of NULLs is kept: where it is the first branch of a UNION, the type of the others is known only later.
        if is_null(&given) && index >= function.required() && matches!(expr, Expr::Literal(..)) {
            continue;
        }
        let wanted = coerce_one(function, index, &given)?;
        let expr = if given == wanted { expr } else { Expr::Cast(Cast::new(Box::new(expr), wanted)) };
        columns.push(expr.alias(format!("{ARGUMENT}{index}")));
    }
    if let Some(part) = part {
        let expr = context.sql_to_expr(part, &schema)?;
        if expr.get_type(&schema)? != DataType::Null {
            columns.push(expr.alias(if function.shape() == Shape::PerRow { PART } else { "part" }));
        }
    }
    LogicalPlanBuilder::from(input).project(columns)?.build()
}

/// The columns of a table beside those of the function: of two of one name (in any case, as DuckDB has it) the table's is called `name_1`.
fn beside(function: &'static dyn GroupFunction, schema: &DFSchema) -> Vec<Expr> {
    let mut taken: HashSet<String> = function.fields().iter().map(|(name, _)| name.to_lowercase()).collect();
    taken.extend(
        schema
            .fields()
            .iter()
            .map(|field| field.name().to_lowercase())
            .filter(|name| !function.fields().iter().any(|(own, _)| own == name)),
    );
    let mut columns = Vec::with_capacity(schema.fields().len());
    for (reference, field) in schema.iter() {
        let column = Expr::from((reference, field));
        if !function.fields().iter().any(|(own, _)| own.eq_ignore_ascii_case(field.name())) {
            columns.push(column);
            continue;
        }
        let free = (1..).map(|number| format!("{}_{number}", field.name())).find(|name| taken.insert(name.to_lowercase()));
        columns.push(column.alias(free.unwrap_or_default()));
    }
    columns
}
