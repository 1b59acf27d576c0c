//! Analysis functions over real series and over workloads with planted truth.

use super::{duckdb, query, shared};

/// Asserts what a statement says, on both engines.
async fn says(sql: &str, expected: &[&[&str]]) {
    assert_eq!(query(sql).await, expected, "DataFusion: {sql}");
    if let Some(theirs) = duckdb(sql).await {
        assert_eq!(theirs, expected, "DuckDB: {sql}");
    }
}

/// The three spikes that MSTICPy reports, and the five dips that it misses.
#[tokio::test]
async fn spikes_and_dips_of_a_real_series() {
    let Some(file) = shared("data/msticpy/time_series.parquet") else { return };
    let sql = format!(
        "WITH t AS (SELECT * FROM '{}') SELECT ts, round(score, 2) AS z, anomaly FROM huntsql.stl_anomalies(t, \"TimeGenerated\", \"TotalBytesSent\") \
         WHERE anomaly <> 0 ORDER BY ts",
        file.display()
    );
    let expected: &[&[&str]] = &[
        &["2019-05-07 11:00:00", "-3.54", "-1"],
        &["2019-05-09 13:00:00", "-3.6", "-1"],
        &["2019-05-13 17:00:00", "3.15", "1"],
        &["2019-05-17 21:00:00", "3.57", "1"],
        &["2019-05-26 05:00:00", "4.26", "1"],
        &["2019-05-27 05:00:00", "-3.55", "-1"],
        &["2019-06-02 17:00:00", "-3.22", "-1"],
        &["2019-06-03 05:00:00", "-3.35", "-1"],
    ];
    says(&sql, expected).await;
}

#[tokio::test]
async fn planted_spikes_and_dips_of_five_hundred_series() {
    let Some(file) = shared("peers/data/ts500.parquet") else { return };
    let file = file.display();
    for (robust, expected) in [(false, ["2021", "1979", "7352"]), (true, ["2020", "1977", "266"])] {
        let sql = format!(
            "WITH t AS (SELECT * FROM '{file}'), a AS (SELECT * FROM huntsql.stl_anomalies(t, \"TimeGenerated\", value, part => series, period => 24, robust => {robust})) \
             SELECT count(*) FILTER (WHERE t.planted > 0 AND a.anomaly = 1) AS spikes, count(*) FILTER (WHERE t.planted < 0 AND a.anomaly = -1) AS dips, \
             count(*) FILTER (WHERE t.planted = 0 AND a.anomaly <> 0) AS false_flags FROM a JOIN t ON a.part = t.series AND a.ts = t.\"TimeGenerated\""
        );
        says(&sql, &[&expected]).await;
    }
}

/// As many clusters as scikit-learn finds.
#[tokio::test]
async fn processes_fall_into_the_clusters_of_scikit_learn() {
    let Some(file) = shared("peers/data/cluster50k.parquet") else { return };
    let features = "[CAST(delim_count(\"CommandLine\") AS DOUBLE), CAST(char_ord_score(\"NewProcessName\") AS DOUBLE), \
                    CASE WHEN \"SubjectLogonId\" = '0x3e7' THEN 1.0 ELSE 0.0 END]";
    for (call, clusters) in
        [("dbcluster(t, {}, eps => 0.0001, min_samples => 1, normalize => 'l2')", "81"), ("hdbcluster(t, {}, normalize => 'l2')", "192")]
    {
        let sql = format!(
            "WITH t AS (SELECT * FROM '{}') SELECT count(DISTINCT cluster_id) AS n FROM huntsql.{} WHERE cluster_id >= 0",
            file.display(),
            call.replace("{}", features)
        );
        says(&sql, &[&[clusters]]).await;
    }
}

#[tokio::test]
async fn planted_sessions_are_rare() {
    let Some(file) = shared("peers/data/sessions100k.parquet") else { return };
    let sql = format!(
        "WITH t AS (SELECT * FROM '{}') SELECT count(*) AS n FROM huntsql.rare_sessions(t, session) WHERE rank <= 200 AND planted",
        file.display()
    );
    says(&sql, &[&["185"]]).await;
}
