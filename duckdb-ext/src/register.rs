//! What LOAD puts into the database: the functions, and the catalog `huntsql` that lists them.

use crate::aggregate::{self, Form};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::macros;
use crate::packed;
use crate::reader;
use crate::scalar;
use huntsql_catalogue::{readers, signatures};
use huntsql_kernels::catalogue::Visitor;
use huntsql_kernels::group::{GroupFunction, Shape};
use huntsql_kernels::kernel::ScalarKernel;
use std::collections::BTreeSet;

/// Environment variable that renames the catalog.
const CATALOG_VARIABLE: &str = "HUNTSQL_CATALOG";

/// Registers everything on the database of `connection`.
pub(crate) fn all(connection: &Connection) -> Result<()> {
    let catalog = std::env::var(CATALOG_VARIABLE).unwrap_or_else(|_| "huntsql".to_owned());
    check_catalog_name(connection, &catalog)?;
    let taken = taken_names(connection)?;
    let mut bind = Bind { connection, taken: &taken, groups: Vec::new(), outcome: Ok(()) };
    huntsql_catalogue::visit(&mut bind);
    bind.outcome?;
    for reader in readers() {
        let name = reader.signature().spec.name;
        let prefixed = format!("huntsql_{name}");
        [name, &prefixed]
            .into_iter()
            .filter(|name| !taken.contains(*name))
            .try_for_each(|name| reader::register(connection, name, *reader))?;
    }
    create_catalog(connection, &catalog, &taken)?;
    let name = format!("\"{}\"", catalog.replace('"', "\"\""));
    bind.groups.iter().try_for_each(|function| connection.execute("creating a table macro", &macros::table_macro(&name, *function)))
}

/// Registers each kernel as `huntsql_<name>` and, where the name is free, as `<name>`. DuckDB would merge overloads
/// into a name that another extension or a user's macro has, so a taken one is left alone.
struct Bind<'c> {
    connection: &'c Connection,
    taken: &'c BTreeSet<String>,
    groups: Vec<&'static dyn GroupFunction>,
    outcome: Result<()>,
}

impl Visitor for Bind<'_> {
    fn scalar<K: ScalarKernel>(&mut self) {
        if self.outcome.is_err() {
            return;
        }
        let prefixed = format!("huntsql_{}", K::SPEC.name);
        self.outcome = [K::SPEC.name, &prefixed]
            .into_iter()
            .filter(|name| !self.taken.contains(*name))
            .try_for_each(|name| scalar::register::<K>(self.connection, name));
    }

    fn group(&mut self, function: &'static dyn GroupFunction) {
        if self.outcome.is_err() {
            return;
        }
        self.groups.push(function);
        let name = function.spec().name;
        let prefixed = format!("huntsql_{name}");
        if function.shape() != Shape::Events {
            let form = Form { function, numbered: false };
            self.outcome = [name, &prefixed]
                .into_iter()
                .filter(|name| !self.taken.contains(*name))
                .try_for_each(|name| aggregate::register(self.connection, name, form));
        }
        if self.outcome.is_ok() && function.shape() != Shape::Items {
            let form = Form { function, numbered: true };
            self.outcome = aggregate::register(self.connection, &macros::numbered_name(name), form);
            if self.outcome.is_ok() && function.shape() == Shape::Events {
                self.outcome = packed::register(self.connection, form);
            }
        }
    }
}

fn taken_names(connection: &Connection) -> Result<BTreeSet<String>> {
    let ours: Vec<String> = signatures().iter().flat_map(|s| [quote(s.spec.name), quote(&format!("huntsql_{}", s.spec.name))]).collect();
    let sql = format!("SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE lower(function_name) IN ({})", ours.join(", "));
    Ok(connection.texts("looking for taken function names", &sql)?.into_iter().collect())
}

fn check_catalog_name(connection: &Connection, name: &str) -> Result<()> {
    let quoted = quote(name);
    let sql = format!(
        "SELECT 'database' FROM duckdb_databases() WHERE lower(database_name) = lower({quoted}) \
         UNION ALL SELECT 'schema' FROM duckdb_schemas() WHERE lower(schema_name) = lower({quoted})"
    );
    match connection.texts("looking for a taken catalog name", &sql)?.into_iter().next() {
        Some(what) => Err(Error::NameTaken { what, name: name.to_owned() }),
        None => Ok(()),
    }
}

/// An attached in-memory catalog: every connection sees it, a read-only database takes it, nothing is written to the user's file.
fn create_catalog(connection: &Connection, catalog: &str, taken: &BTreeSet<String>) -> Result<()> {
    let name = format!("\"{}\"", catalog.replace('"', "\"\""));
    connection.execute("attaching the catalog", &format!("ATTACH ':memory:' AS {name} (READ_WRITE)"))?;
    let signatures = signatures();
    let functions: Vec<String> = signatures
        .iter()
        .map(|s| {
            let texts = [s.spec.name, s.spec.family.name(), &s.usage(), &s.table_usage().unwrap_or_default(), s.spec.summary];
            format!("({})", texts.map(quote).join(", "))
        })
        .collect();
    let functions = format!("SELECT * FROM (VALUES {}) v(name, family, usage, table_usage, summary)", functions.join(", "));
    connection.execute("creating the view functions", &format!("CREATE VIEW {name}.functions AS {functions}"))?;
    let conflicts = if taken.is_empty() {
        "SELECT ''::VARCHAR AS name, ''::VARCHAR AS use_instead WHERE false".to_owned()
    } else {
        let rows: Vec<String> = taken.iter().map(|taken| format!("({}, {})", quote(taken), quote(&format!("huntsql_{taken}")))).collect();
        format!("SELECT * FROM (VALUES {}) v(name, use_instead)", rows.join(", "))
    };
    connection.execute("creating the view conflicts", &format!("CREATE VIEW {name}.conflicts AS {conflicts}"))?;
    let cache = "SELECT unnest(huntsql_lookup_cache(NULL::VARCHAR), max_depth := 2)";
    connection.execute("creating the view lookup_cache", &format!("CREATE VIEW {name}.lookup_cache AS {cache}"))
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
