//! What becomes of a table function when its query is cancelled or runs out of memory.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail as tests do")]

use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Points without any structure in many dimensions: minutes of work.
const HOPELESS: &str = "\
WITH t AS (SELECT [random(), random(), random(), random(), random(), random(), random(), random(), random(), random(),
                   random(), random(), random(), random(), random(), random(), random(), random(), random(), random()] AS x
           FROM (SELECT unnest(range(0, 200000)) AS i) s)
SELECT count(DISTINCT cluster_id) AS n FROM huntsql.hdbcluster(t, x)";

fn session() -> SessionContext {
    let context = SessionContext::new();
    huntsql_datafusion::register_all(&context).unwrap();
    context
}

/// A runtime waits for its blocking threads when it is dropped: it would wait for minutes, were the computation not told to stop.
#[test]
fn a_cancelled_query_stops_computing() {
    let (done, is_done) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut stream = session().sql(HOPELESS).await.unwrap().execute_stream().await.unwrap();
            // Long enough for the points to be made and the computation to begin.
            let first = tokio::time::timeout(Duration::from_secs(4), stream.next()).await;
            assert!(first.is_err(), "too fast to be cancelled: {first:?}");
        });
        drop(runtime);
        done.send(()).unwrap();
    });
    // Not a measurement: only a computation that goes on takes so long.
    is_done.recv_timeout(Duration::from_secs(40)).expect("the computation outlived its query");
}

#[tokio::test]
async fn rows_count_against_the_memory_limit() {
    let limited = Arc::new(RuntimeEnvBuilder::new().with_memory_limit(4 << 20, 1.0).build().unwrap());
    let context = SessionContext::new_with_config_rt(SessionConfig::new(), limited);
    huntsql_datafusion::register_all(&context).unwrap();
    let sql = "WITH t AS (SELECT i, CAST(i AS VARCHAR) AS k FROM (SELECT unnest(range(0, 1000000)) AS i) s) SELECT count(*) AS n FROM huntsql.log_templates(t, k)";
    let error = context.sql(sql).await.unwrap().collect().await.unwrap_err().to_string();
    assert!(error.contains("huntsql log_templates") && error.contains("exhausted"), "{error}");
}
