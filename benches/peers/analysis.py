"""Analysis functions beside MSTICPy, statsmodels and scikit-learn on the workloads of ../shared/peers. See README.md.

Ours is the CPU time of the whole process, less that of a process that only reads the columns: the peers' times have no start and no reading either."""
import json
import subprocess
import sys

from run import HUNTSQL, PEERS, PYTHON, huntsql, install, peer

ONE = "SET datafusion.execution.target_partitions = 1;\n"
FEATURES = """[CAST(delim_count("CommandLine") AS DOUBLE), CAST(char_ord_score("NewProcessName") AS DOUBLE),
 CASE WHEN "SubjectLogonId" = '0x3e7' THEN 1.0 ELSE 0.0 END]"""
FOUR = """[CAST(length("CommandLine") AS DOUBLE), CAST(delim_count("CommandLine") AS DOUBLE), CAST(char_ord_score("NewProcessName") AS DOUBLE),
 CAST(char_ord_score("CommandLine") AS DOUBLE)]"""
SERIES = """SELECT count(*) FILTER (WHERE t.planted > 0 AND a.anomaly = 1) AS spikes, count(*) FILTER (WHERE t.planted < 0 AND a.anomaly = -1) AS dips,
 count(*) FILTER (WHERE t.planted = 0 AND a.anomaly <> 0) AS false_flags
FROM huntsql.stl_anomalies('{{data}}/ts500.parquet', "TimeGenerated", value, part => series, period => 24, robust => {robust}) a
JOIN '{{data}}/ts500.parquet' t ON a.part = t.series AND a.ts = t."TimeGenerated" """
MADE = """(SELECT CAST(to_timestamp(1704067200 + (i * 7919) % 604800) AS TIMESTAMP) AS ts, CAST(i % 200 AS VARCHAR) AS who, i % 3 AS op
 FROM (SELECT unnest(range(0, 10000000)) AS i) s)"""

# name, rows, what is measured, what is taken off, peers with their share of the rows, what is shown.
WORK = [
    ("stl_anomalies, ts500", 1_080_000,
     """SELECT sum(anomaly) AS x FROM huntsql.stl_anomalies('{data}/ts500.parquet', "TimeGenerated", value, part => series, period => 24)""",
     """SELECT count("TimeGenerated") AS a, sum(value) AS b, count(DISTINCT series) AS c FROM '{data}/ts500.parquet'""",
     [("MSTICPy", "m_stl_500", 1), ("statsmodels", "p_stl_500", 1)], SERIES.format(robust="false")),
    ("stl_anomalies, ts500, robust", 1_080_000,
     """SELECT sum(anomaly) AS x FROM huntsql.stl_anomalies('{data}/ts500.parquet', "TimeGenerated", value, part => series, period => 24, robust => true)""",
     """SELECT count("TimeGenerated") AS a, sum(value) AS b, count(DISTINCT series) AS c FROM '{data}/ts500.parquet'""",
     [], SERIES.format(robust="true")),
    ("dbcluster, cluster50k", 50_000,
     "SELECT count(DISTINCT cluster_id) AS clusters FROM huntsql.dbcluster('{data}/cluster50k.parquet', " + FEATURES + ", eps => 0.0001, min_samples => 1, normalize => 'l2')",
     "SELECT sum(array_length(" + FEATURES + ")) AS x FROM '{data}/cluster50k.parquet'",
     [("scikit-learn", "p_dbscan 50", 1)], None),
    ("hdbcluster, cluster50k", 50_000,
     "SELECT count(DISTINCT cluster_id) AS clusters FROM huntsql.hdbcluster('{data}/cluster50k.parquet', " + FEATURES + ", normalize => 'l2') WHERE cluster_id >= 0",
     "SELECT sum(array_length(" + FEATURES + ")) AS x FROM '{data}/cluster50k.parquet'",
     [("scikit-learn", "p_hdbscan 50", 1)], None),
    ("outliers, cluster20k", 20_000,
     "SELECT sum(score) AS x FROM huntsql.outliers('{data}/cluster20k.parquet', " + FOUR + ")",
     "SELECT sum(array_length(" + FOUR + ")) AS x FROM '{data}/cluster20k.parquet'",
     [("MSTICPy (scikit-learn)", "m_outlier 20", 1)], None),
    ("rare_sessions, sessions100k", 100_000,
     "SELECT sum(rank) AS x FROM huntsql.rare_sessions('{data}/sessions100k.parquet', session)",
     "SELECT sum(array_length(session)) AS x FROM '{data}/sessions100k.parquet'",
     [("MSTICPy", "m_anom", 1)],
     "SELECT count(*) AS planted_in_first_200 FROM huntsql.rare_sessions('{data}/sessions100k.parquet', session) WHERE rank <= 200 AND planted"),
    ("sessionize, 10,000,000 rows", 10_000_000,
     "SELECT max(session_id) AS x FROM huntsql.sessionize(" + MADE + ", ts, part => {{'who': who, 'op': op}}, max_gap => 15, max_length => 60)",
     "SELECT count(ts) AS a, count(DISTINCT who) AS b, sum(op) AS c FROM " + MADE + " m",
     [("MSTICPy", "m_sessionize", 20_000 / 10_000_000)], None),
]

CORRELATION = """
import json, sys, numpy as np
from scipy.stats import spearmanr
from sklearn.ensemble import IsolationForest
rows = json.load(sys.stdin)
X, ours = np.array([row["x"] for row in rows], dtype=float), [row["score"] for row in rows]
theirs = np.mean([-IsolationForest(random_state=seed).fit(X).score_samples(X) for seed in range(3)], axis=0)
print(round(float(spearmanr(ours, theirs).statistic), 4))
"""


def correlation():
    rows, _, _ = huntsql(ONE + "SELECT " + FOUR + " AS x, score FROM huntsql.outliers('{data}/cluster20k.parquet', " + FOUR + ")")
    done = subprocess.run([PYTHON, "-c", CORRELATION], input=json.dumps(rows), capture_output=True, text=True)
    return done.stdout.strip() or done.stderr[-300:]


def main(only=""):
    for name, rows, ours, base, peers, shown in WORK:
        if only not in name:
            continue
        (said, cpu, wall), (_, less, _) = huntsql(ONE + ours), huntsql(ONE + base)
        net = max(cpu - less, 0.001)
        print(f"\n{name}: {rows:,} rows\n  huntsql  {net:9.3f} CPU s  (whole process {cpu:.3f}, {wall:.3f} s wall): {said[0]}")
        for label, words, share in peers:
            theirs = peer(*words.split())
            cpu_s = theirs["cpu_s"] / share
            print(f"  {label:22} {cpu_s:9.2f} CPU s, {theirs['peak_rss_mb']} MB: {cpu_s / net:7.0f} x  {[theirs[k] for k in theirs if k in ('clusters', 'false', 'planted_in_top')]}")
        if shown:
            print(f"  {huntsql(ONE + shown)[0][0]}")
        sys.stdout.flush()
    print(f"\noutliers: rank correlation with the mean of three seeds of scikit-learn {correlation()}")


if __name__ == "__main__":
    if not PEERS.exists():
        sys.exit(f"SKIPPED: {PEERS} is absent; the workloads are not part of the project")
    if not HUNTSQL.exists():
        sys.exit(f"{HUNTSQL} is absent: cargo build --release -p huntsql")
    install()
    subprocess.run([PYTHON, "-m", "pip", "install", "-q", "msticpy[ml]==3.0.2"], check=True)
    main(*sys.argv[1:2])
