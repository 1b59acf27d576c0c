//! Runs the suite: one test per engine and .slt file, one per engine and function for the examples, one for parity.
#![expect(clippy::expect_used, clippy::print_stderr, reason = "helpers of tests fail and speak as tests do")]

use huntsql_catalogue::signatures;
use huntsql_kernels::spec::Kind;
use huntsql_testkit::EngineError;
use huntsql_testkit::datafusion_engine::DataFusionEngine;
use huntsql_testkit::duckdb_engine::{DuckDbEngine, DuckDbSetup, versions};
use huntsql_testkit::suite::{root, run_example, run_file, slt_files};
use libtest_mimic::{Arguments, Failed, Trial};
use sqllogictest::{AsyncDB, DBOutput};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Clone)]
enum Engine {
    DataFusion,
    DuckDb { version: String, setup: Option<DuckDbSetup> },
}

impl Engine {
    fn name(&self) -> String {
        match self {
            Self::DataFusion => "datafusion".to_owned(),
            Self::DuckDb { version, .. } => format!("duckdb-{version}"),
        }
    }

    fn runs_here(&self) -> bool {
        !matches!(self, Self::DuckDb { setup: None, .. })
    }
}

fn engines() -> Vec<Engine> {
    let mut all = vec![Engine::DataFusion];
    all.extend(versions(&root()).into_iter().map(|version| Engine::DuckDb { setup: DuckDbSetup::of_version(&version), version }));
    if !all.iter().all(Engine::runs_here) {
        eprintln!(
            "SKIPPED: everything on DuckDB, because HUNTSQL_DUCKDB_WHEELS and HUNTSQL_DUCKDB_EXTENSION are not set; run `cargo x test`"
        );
    }
    all
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

fn trial(engine: &Engine, name: String, work: impl FnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    Trial::test(format!("{}::{name}", engine.name()), move || work().map_err(Failed::from)).with_ignored_flag(!engine.runs_here())
}

fn slt_trial(engine: &Engine, file: PathBuf, name: String) -> Trial {
    let on = engine.clone();
    trial(engine, name, move || {
        block_on(async move {
            match on {
                Engine::DataFusion => run_file(&file, DataFusionEngine::new).await,
                Engine::DuckDb { setup, .. } => {
                    let setup = setup.ok_or("no DuckDB")?;
                    run_file(&file, || DuckDbEngine::start(&setup)).await
                }
            }
        })
    })
}

/// All examples on one engine, in one session: they create nothing.
fn examples_trial(engine: &Engine) -> Trial {
    let on = engine.clone();
    trial(engine, "examples".to_owned(), move || {
        block_on(async move {
            match on {
                Engine::DataFusion => run_examples(&mut datafusion()?).await,
                Engine::DuckDb { setup, .. } => run_examples(&mut start(setup)?).await,
            }
        })
    })
}

fn datafusion() -> Result<DataFusionEngine, String> {
    DataFusionEngine::new().map_err(|error| error.to_string())
}

fn start(setup: Option<DuckDbSetup>) -> Result<DuckDbEngine, String> {
    DuckDbEngine::start(&setup.ok_or("no DuckDB")?).map_err(|error| error.to_string())
}

async fn run_examples<D: AsyncDB<Error = EngineError>>(engine: &mut D) -> Result<(), String> {
    let mut wrong = Vec::new();
    for signature in signatures() {
        for example in signature.spec.examples {
            if let Err(message) = run_example(example, engine).await {
                wrong.push(format!("{}: {message}", signature.spec.name));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n\n")) }
}

/// Short names that DuckDB has given away: `entropy` is an aggregate there. The prefixed name is on every engine.
const TAKEN_IN_DUCKDB: &[&str] = &["entropy"];

/// Every function of the catalogue is on the engine, under both names, and nothing is in conflict in a fresh one.
fn parity_trial(engine: &Engine) -> Trial {
    let on = engine.clone();
    trial(engine, "parity".to_owned(), move || {
        block_on(async move {
            match on {
                Engine::DataFusion => check_parity(&mut datafusion()?).await,
                Engine::DuckDb { setup, .. } => check_parity(&mut start(setup)?).await,
            }
        })
    })
}

async fn check_parity<D: AsyncDB<Error = EngineError>>(engine: &mut D) -> Result<(), String> {
    let listed = rows(engine, "SELECT name FROM huntsql.functions ORDER BY name").await?;
    let expected: Vec<String> = signatures().iter().map(|signature| signature.spec.name.to_owned()).collect();
    if listed != expected {
        return Err(format!("huntsql.functions lists {listed:?}, not {expected:?}"));
    }
    let conflicts = rows(engine, "SELECT name FROM huntsql.conflicts ORDER BY name").await?;
    let known: &[&str] = if engine.engine_name() == "duckdb" { TAKEN_IN_DUCKDB } else { &[] };
    if conflicts != known {
        return Err(format!("names in conflict in a fresh engine: {conflicts:?}, not {known:?}"));
    }
    for signature in signatures() {
        let short = signature.spec.name.to_owned();
        if signature.kind == Kind::Reader {
            for name in [format!("huntsql_{short}"), short] {
                let error = rows(engine, &format!("SELECT * FROM {name}('no such file')")).await.err().unwrap_or_default();
                if !error.contains("no file 'no such file'") {
                    return Err(format!("{name}: {error}"));
                }
            }
            continue;
        }
        if signature.kind == Kind::Events {
            // It is there if it is it that misses its columns, or what it must be told.
            let answer = rows(engine, &format!("WITH t AS (SELECT 1 AS x) SELECT * FROM huntsql.{short}(t)")).await;
            let error = answer.err().unwrap_or_default();
            let is_asked = error.contains(&format!("{short}: option '")) && error.contains("' is missing");
            if !(is_asked || error.contains(&format!("{short}: argument '"))) {
                return Err(format!("{short}: {error}"));
            }
            continue;
        }
        for name in [format!("huntsql_{short}"), short] {
            if known.contains(&name.as_str()) {
                continue;
            }
            let nulls = vec!["NULL"; signature.args.len()].join(", ");
            let answer = rows(engine, &format!("SELECT {name}({nulls}) AS result")).await;
            // A function that asks for an option is there as well.
            let asks = |error: &String| error.contains(&format!("{}: option '", signature.spec.name));
            answer.map(drop).or_else(|error| if asks(&error) { Ok(()) } else { Err(format!("{name}: {error}")) })?;
        }
    }
    Ok(())
}

async fn rows<D: AsyncDB<Error = EngineError>>(engine: &mut D, sql: &str) -> Result<Vec<String>, String> {
    match engine.run(sql).await.map_err(|error| error.to_string())? {
        DBOutput::Rows { rows, .. } => Ok(rows.into_iter().map(|row| row.join(" | ")).collect()),
        _ => Ok(Vec::new()),
    }
}

fn main() -> ExitCode {
    // Statements name files as somebody in the checkout would.
    std::env::set_current_dir(root()).expect("the checkout is there");
    let folder = root().join("tests/slt");
    let files = slt_files(&folder).expect("tests/slt is readable");
    let mut trials = Vec::new();
    for engine in engines() {
        trials.push(examples_trial(&engine));
        trials.push(parity_trial(&engine));
        for file in &files {
            let name = file.strip_prefix(&folder).unwrap_or(file).with_extension("").to_string_lossy().replace('/', "::");
            trials.push(slt_trial(&engine, file.clone(), name));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
