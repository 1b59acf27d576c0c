"""Timelines of huntsql beside MSTICPy's (Bokeh) in the same Chromium: size, time to the picture, CPU of a wheel step. `python3 benches/peers/charts.py [rows ...]`. See README.md."""
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from run import CACHE, HUNTSQL, ONE_THREAD, PYTHON, ROOT, install

FOLDER = CACHE / "charts"
# MSTICPy's page of more rows takes minutes and gigabytes.
MOST_MSTICPY = int(os.environ.get("MOST_MSTICPY", 100_000))

EVENTS = """
import sys, numpy as np, pandas as pd
n, path = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng(20240609)
span = 30 * 86400 * 10**6
burst = rng.random(n) < .15
day = rng.integers(0, 30, n) * 86400 * 10**6 + (np.clip(rng.normal(13, 4, n), 0, 23.99) * 3600e6).astype('int64')
at = (rng.integers(0, 9, n) * span // 9 + rng.integers(0, 20 * 60 * 10**6, n))
time = np.sort(np.where(burst, at, day))
pick = lambda name, count: np.array([f'{name}{i}' for i in range(count)], dtype=object)[rng.integers(0, count, n)]
pd.DataFrame({'ts': pd.to_datetime('2024-01-01') + pd.to_timedelta(time, unit='us'), 'part': pick('group-', 12), 'host': pick('host-', 500), 'account': pick('user-', 800),
  'process': pick('process-', 20), 'message': pick('message number ', min(max(n // 20, 1), 50_000))}).to_parquet(path, index=False)
"""
MSTICPY = """
import sys, time, pandas as pd
from bokeh.io import output_file, save
from msticpy.vis.timeline import display_timeline
data = pd.read_parquet(sys.argv[1])
started = time.process_time()
plot = display_timeline(data, time_column='ts', group_by='part', source_columns=['host', 'account', 'process', 'message'], hide=True)
output_file(sys.argv[2], mode='inline')
save(plot)
print('@@', time.process_time() - started)
"""


def timed(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout.decode(), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - started


def measured(page):
    done = subprocess.run(["node", ROOT / "benches" / "peers" / "pages.mjs", page], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def main():
    install()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for rows in [int(word) for word in sys.argv[1:]] or [100_000, 1_000_000]:
        data = FOLDER / f"events-{rows}.parquet"
        if not data.exists():
            subprocess.run([PYTHON, "-c", EVENTS, str(rows), data], check=True)
        ours = FOLDER / f"huntsql-{rows}.html"
        sql = f"SELECT rows_drawn FROM huntsql.render_timeline('{data}', ts, part, detail_rows => {max(rows, 1)}, path => '{ours}')"
        _, cpu, wall = timed([HUNTSQL, "-o", "ndjson", "-c", sql])
        print(f"{rows:>10,} rows  huntsql writes {cpu:6.2f} CPU s, {wall:.2f} s: {rows / cpu / 1e6:.2f}M rows/s of CPU")
        print(" " * 10, "huntsql", measured(ours))
        if rows <= MOST_MSTICPY:
            theirs = FOLDER / f"msticpy-{rows}.html"
            said, _, _ = timed([PYTHON, "-c", MSTICPY, data, theirs])
            print(" " * 10, f"msticpy writes {float(said.split('@@')[-1]):6.2f} CPU s")
            print(" " * 10, "msticpy", measured(theirs))


if __name__ == "__main__":
    main()
