//! The names in FROM: common table expressions, tables, then files.

use super::{FILES_SCHEMA, Statement};
use crate::adapter::takes_table;
use crate::error::{Error, Result};
use crate::files::{FileRequest, Lister, Reader};
use crate::logs::{LogRequest, ReaderCall};
use datafusion::execution::session_state::SessionState;
use datafusion::sql::parser::{CopyToSource, Statement as Ast};
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, ObjectNamePart, Query, SetExpr, Statement as SqlStatement,
    TableAlias, TableFactor, TableFunctionArgs, Value as SqlValue, VisitMut, VisitorMut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use huntsql_catalogue::readers;
use huntsql_kernels::nearest::hint;
use std::ops::ControlFlow;

/// Replaces every name that stands for files by a name in the hidden schema; returns what to open under it.
pub(super) fn bind(ast: &mut Ast, statement: &Statement, state: &SessionState, lister: &dyn Lister) -> Result<Vec<(String, Request)>> {
    let mut binder = Binder { statement, state, lister, scopes: Vec::new(), requests: Vec::new() };
    match visit(ast, &mut binder) {
        ControlFlow::Continue(()) => Ok(binder.requests),
        ControlFlow::Break(error) => Err(error),
    }
}

/// What a name in FROM stands for.
pub(super) enum Request {
    /// Files of rows.
    Files(FileRequest),
    /// Files of a log format.
    Log(LogRequest),
}

/// Runs a visitor over every kind of statement.
pub(super) fn visit<V: VisitorMut>(ast: &mut Ast, visitor: &mut V) -> ControlFlow<V::Break> {
    match ast {
        Ast::Statement(statement) => statement.visit(visitor),
        Ast::Explain(explain) => visit(&mut explain.statement, visitor),
        Ast::CopyTo(copy) => match &mut copy.source {
            CopyToSource::Query(query) => query.visit(visitor),
            CopyToSource::Relation(_) => ControlFlow::Continue(()),
        },
        Ast::CreateExternalTable(_) | Ast::Reset(_) => ControlFlow::Continue(()),
    }
}

struct Binder<'s> {
    statement: &'s Statement,
    state: &'s SessionState,
    lister: &'s dyn Lister,
    /// Names of common table expressions, outermost first.
    scopes: Vec<Vec<String>>,
    requests: Vec<(String, Request)>,
}

impl VisitorMut for Binder<'_> {
    type Break = Error;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<Error> {
        let names = query.with.iter().flat_map(|with| with.cte_tables.iter().map(|cte| cte.alias.name.value.clone()));
        self.scopes.push(names.collect());
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<Error> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &mut SqlStatement) -> ControlFlow<Error> {
        // DESCRIBE 'file'
        if let SqlStatement::ExplainTable { table_name, .. } = statement
            && let Some(request) = flow(self.resolve(table_name))?
        {
            *table_name = self.add(Request::Files(request));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Error> {
        let TableFactor::Table { name, alias, args, .. } = factor else { return ControlFlow::Continue(()) };
        if let Some(call) = args
            && takes_table(name)
        {
            // The visitor goes on into the sub-select and binds the name there.
            call.args.iter_mut().enumerate().for_each(|(index, arg)| table_to_subquery(index, arg));
            return ControlFlow::Continue(());
        }
        let request = match args {
            None => flow(self.resolve(name))?.map(Request::Files),
            Some(call) => match flow(self.reader(name, &call.args))? {
                Some(request) => {
                    *args = None;
                    Some(request)
                }
                None => None,
            },
        };
        if let Some(request) = request {
            let called = match &request {
                Request::Files(request) => request.alias(),
                Request::Log(request) => request.reader.signature().spec.name.to_owned(),
            };
            *name = self.add(request);
            alias.get_or_insert_with(|| TableAlias { explicit: true, name: Ident::with_quote('"', called), columns: Vec::new(), at: None });
        }
        ControlFlow::Continue(())
    }
}

/// Writes `(SELECT * FROM x)` for the table argument `x` of a table function: a name, or a text with the name of a file.
fn table_to_subquery(index: usize, arg: &mut FunctionArg) {
    let expr = match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) if index == 0 => expr,
        FunctionArg::Named { name, arg: FunctionArgExpr::Expr(expr), .. } if name.value.eq_ignore_ascii_case("tbl") => expr,
        _ => return,
    };
    let name = match expr {
        Expr::Identifier(ident) => ObjectName::from(vec![ident.clone()]),
        Expr::CompoundIdentifier(idents) => ObjectName::from(idents.clone()),
        Expr::Value(value) => match &value.value {
            SqlValue::SingleQuotedString(text) => ObjectName::from(vec![Ident::with_quote('\'', text.as_str())]),
            _ => return,
        },
        // `read_csv('file', {...})`
        Expr::Function(call) => call.name.clone(),
        _ => return,
    };
    // Parsed rather than built: a query has forty fields, of which one matters here.
    let parsed = Parser::parse_sql(&GenericDialect {}, "SELECT * FROM t");
    let Some(SqlStatement::Query(mut query)) = parsed.ok().and_then(|mut statements| statements.pop()) else { return };
    if let SetExpr::Select(select) = query.body.as_mut()
        && let Some(TableFactor::Table { name: placeholder, args, .. }) = select.from.first_mut().map(|from| &mut from.relation)
    {
        *placeholder = name;
        if let Expr::Function(call) = expr
            && let FunctionArguments::List(list) = &call.args
        {
            *args = Some(TableFunctionArgs { args: list.args.clone(), settings: None });
        }
        *expr = Expr::Subquery(query);
    }
}

fn file_key(request: &FileRequest) -> String {
    let mut key = if request.paths.is_empty() { "stdin".to_owned() } else { request.paths.join(", ") };
    match request.reader {
        Reader::Auto => {}
        reader => key.push_str(&format!(" {reader:?}")),
    }
    for (wanted, mark) in [(request.file, " +_file"), (request.line, " +_line")] {
        if wanted {
            key.push_str(mark);
        }
    }
    key
}

fn flow<T>(result: Result<T>) -> ControlFlow<Error, T> {
    match result {
        Ok(value) => ControlFlow::Continue(value),
        Err(error) => ControlFlow::Break(error),
    }
}

impl Binder<'_> {
    /// Remembers a request under a key that says all about it.
    fn add(&mut self, request: Request) -> ObjectName {
        let key = match &request {
            Request::Files(request) => file_key(request),
            Request::Log(LogRequest { reader, call }) => format!("{} {}", reader.signature().spec.name, call.shown()),
        };
        if !self.requests.iter().any(|(known, _)| *known == key) {
            self.requests.push((key.clone(), request));
        }
        ObjectName::from(vec![Ident::with_quote('"', FILES_SCHEMA), Ident::with_quote('"', key)])
    }

    fn request(&self, paths: Vec<String>, reader: Reader) -> FileRequest {
        FileRequest { paths, reader, file: self.statement.names_file, line: self.statement.names_line }
    }

    /// The files that a name stands for; None when it is a table, whose case may have been mended.
    fn resolve(&self, name: &mut ObjectName) -> Result<Option<FileRequest>> {
        let Some(parts) = name.0.iter().map(ObjectNamePart::as_ident).map(|part| part.cloned()).collect::<Option<Vec<Ident>>>() else {
            return Ok(None);
        };
        if let [only] = parts.as_slice() {
            let in_scope = || self.scopes.iter().rev().flatten();
            if in_scope().any(|known| *known == only.value) {
                return Ok(None);
            }
            let loose = only.quote_style.is_none();
            if !self.tables(None).contains(&only.value)
                && loose
                && let Some(known) = in_scope().find(|known| known.eq_ignore_ascii_case(&only.value))
            {
                *name = ObjectName::from(vec![Ident::with_quote('"', known)]);
                return Ok(None);
            }
        }
        if self.find_table(&parts, name) {
            return Ok(None);
        }
        let written = parts.iter().map(|part| part.value.as_str()).collect::<Vec<_>>().join(".");
        let quoted = parts.iter().any(|part| part.quote_style.is_some());
        if (!quoted && written.eq_ignore_ascii_case("stdin")) || written == "/dev/stdin" || (quoted && written == "-") {
            return Ok(Some(self.request(Vec::new(), Reader::Auto)));
        }
        let single_quoted = parts.iter().any(|part| part.quote_style == Some('\''));
        if single_quoted || written.contains(['/', '*', '~']) {
            return Ok(Some(self.request(vec![written], Reader::Auto)));
        }
        // `FROM app.json`, `FROM "app.json"`: files where no table has the name.
        match self.lister.list(&written) {
            Ok(_) => Ok(Some(self.request(vec![written], Reader::Auto))),
            Err(huntsql_readers::Error::NoFile { hint: near, .. }) => {
                let known: Vec<String> = self.scopes.iter().flatten().cloned().chain(self.tables(None)).collect();
                let mut near_table = hint(&written, known.iter().map(String::as_str));
                if near_table.is_empty() {
                    near_table = near;
                }
                if near_table.is_empty() && written.contains('.') {
                    near_table = " and no such file".to_owned();
                }
                Err(Error::Unknown { kind: "table", name: written, hint: near_table })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the name is a table; its case is mended where nothing has the name exactly.
    fn find_table(&self, parts: &[Ident], name: &mut ObjectName) -> bool {
        let options = &self.state.config().options().catalog;
        let (catalog_name, schema_name, table) = match parts {
            [table] => (options.default_catalog.as_str(), options.default_schema.as_str(), table),
            [schema, table] => (options.default_catalog.as_str(), schema.value.as_str(), table),
            [catalog, schema, table] => (catalog.value.as_str(), schema.value.as_str(), table),
            _ => return false,
        };
        let catalogs = self.state.catalog_list();
        let Some(catalog) = catalogs.catalog(catalog_name) else { return false };
        if schema_name.eq_ignore_ascii_case("information_schema") && self.state.config().information_schema() {
            let lower = |part: &Ident| if part.quote_style.is_none() { Ident::new(part.value.to_ascii_lowercase()) } else { part.clone() };
            *name = ObjectName::from(parts.iter().map(lower).collect::<Vec<_>>());
            return true;
        }
        let schema_name = if catalog.schema(schema_name).is_some() {
            schema_name.to_owned()
        } else {
            match catalog.schema_names().into_iter().find(|known| known.eq_ignore_ascii_case(schema_name)) {
                Some(known) => known,
                None => return false,
            }
        };
        let Some(schema) = catalog.schema(&schema_name) else { return false };
        let found = if schema.table_exist(&table.value) {
            table.value.clone()
        } else if table.quote_style.is_none()
            && let Some(known) = schema.table_names().into_iter().find(|known| known.eq_ignore_ascii_case(&table.value))
        {
            known
        } else {
            return false;
        };
        let mut full: Vec<Ident> = parts.to_vec();
        if let [.., schema, table] = full.as_mut_slice() {
            *schema = Ident::with_quote('"', schema_name);
            *table = Ident::with_quote('"', found);
        } else if let [table] = full.as_mut_slice() {
            *table = Ident::with_quote('"', found);
        }
        *name = ObjectName::from(full);
        true
    }

    /// Names of the tables of the default schema.
    fn tables(&self, schema: Option<&str>) -> Vec<String> {
        let options = &self.state.config().options().catalog;
        let catalog = self.state.catalog_list().catalog(&options.default_catalog);
        let schema = catalog.and_then(|catalog| catalog.schema(schema.unwrap_or(&options.default_schema)));
        schema.map_or_else(Vec::new, |schema| schema.table_names())
    }

    /// `read_json(path, {options})`: the files and how to read them; None for any other function.
    fn reader(&self, name: &mut ObjectName, args: &[FunctionArg]) -> Result<Option<Request>> {
        let [ObjectNamePart::Identifier(called)] = name.0.as_slice() else { return Ok(None) };
        let lower = called.value.to_ascii_lowercase();
        if let Some(reader) = huntsql_catalogue::reader(&lower) {
            let call = ReaderCall::read(reader.signature().spec.name, args)?;
            return Ok(Some(Request::Log(LogRequest { reader, call })));
        }
        let Some(function) = Reader::NAMES.iter().copied().find(|known| *known == lower) else {
            let functions = self.state.table_functions();
            if functions.contains_key(&called.value) {
                return Ok(None);
            }
            if lower.starts_with("read_") && !functions.contains_key(&lower) {
                let known: Vec<&str> =
                    readers().iter().map(|reader| reader.signature().spec.name).chain(Reader::NAMES.iter().copied()).collect();
                let near = hint(&lower, known.iter().copied());
                return Err(Error::Unknown { kind: "reader", name: called.value.clone(), hint: near });
            }
            if functions.contains_key(&lower) {
                *name = ObjectName::from(vec![Ident::new(lower)]);
            }
            return Ok(None);
        };
        let ReaderCall { paths, options } = ReaderCall::read(function, args)?;
        match Reader::named(function, &options) {
            Some(reader) => Ok(Some(Request::Files(self.request(paths, reader?)))),
            None => Ok(None),
        }
    }
}
