"""huntsql beside MSTICPy on the workloads of ../shared/peers: CPU seconds of one thread, ratio, planted hits. See README.md."""
import json
import os
import resource
import subprocess
import sys
import time
import venv
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT.parent / "shared" / "peers"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "huntsql"
PYTHON = CACHE / "msticpy" / "bin" / "python"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
HUNTSQL = Path(os.environ.get("HUNTSQL", TARGET / "release" / "huntsql"))
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TOKIO_WORKER_THREADS": "1"}

IOCS = """SET datafusion.execution.target_partitions = 1;
SELECT id, ioc['type'] AS type, ioc['value'] AS value
FROM (SELECT id, unnest(extract_iocs(message)) AS ioc FROM '{data}/syslog100k.parquet') s"""
IOC_BYTES = "SELECT sum(octet_length(message)) AS bytes FROM '{data}/syslog100k.parquet'"
UNPACK = """SET datafusion.execution.target_partitions = 1;
SELECT id, item['kind'] AS kind, item['text'] AS text
FROM (SELECT id, unnest(b64_unpack(cmd)) AS item FROM '{data}/b64_20k.parquet') s"""
# The truth file speaks MSTICPy's names.
TYPES = {"dns": "domain", "md5_hash": "md5", "sha1_hash": "sha1", "sha256_hash": "sha256"}


def install():
    if not PYTHON.exists():
        print("installing msticpy 3.0.2 into", PYTHON.parents[1], file=sys.stderr)
        venv.create(PYTHON.parents[1], with_pip=True)
        subprocess.run([PYTHON, "-m", "pip", "install", "-q", "msticpy==3.0.2", "pyarrow", "setuptools"], check=True)


def huntsql(sql):
    """Rows of the last statement and CPU seconds of the process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        [HUNTSQL, "-o", "ndjson", "-c", sql.format(data=PEERS / "data")],
        env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, check=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Not splitlines(): a JSON text may hold U+2028.
    return [json.loads(line) for line in done.stdout.decode().split("\n") if line], cpu, wall


def peer(*words):
    done = subprocess.run([PYTHON, PEERS / "work.py", *words], env={**os.environ, **ONE_THREAD}, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("@@")]
    if not lines:
        sys.exit(f"msticpy failed on {words}:\n{done.stderr[-2000:]}")
    return json.loads(lines[-1][2:])


def truth(name):
    code = f"import pyarrow.parquet as p, json; print(json.dumps(p.read_table({str(PEERS / 'data' / name)!r}).to_pylist()))"
    return json.loads(subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout)


def report(name, rows, ours, ours_wall, theirs, notes):
    print(f"\n{name}: {rows:,} rows")
    print(f"  huntsql  {ours:8.3f} CPU s  ({ours_wall:.3f} s wall, whole process)")
    print(f"  MSTICPy  {theirs:8.3f} CPU s")
    print(f"  ratio    {theirs / ours:8.0f} x")
    for note in notes:
        print("  " + note)


def iocs(count):
    planted = [(row["id"], TYPES.get(row["ioc_type"], row["ioc_type"]), row["value"]) for row in truth("syslog100k_truth.parquet")]
    rows, cpu, wall = huntsql(IOCS)
    bytes_, _, _ = huntsql(IOC_BYTES)
    got = {(row["id"], row["type"], row["value"]) for row in rows}
    missed = Counter(kind for found in planted if found not in got for kind in [found[1]])
    found = len(planted) - sum(missed.values())
    theirs = peer("m_ioc", str(count))
    scaled = theirs["cpu_s"] * 100_000 / count
    report("extract_iocs, syslog100k", 100_000, cpu, wall, scaled, [
        f"planted  {found} of {len(planted)} ({100 * found / len(planted):.2f} %), missed {dict(missed)}; "
        f"MSTICPy {theirs['planted_found']} of {theirs['planted']} in {count:,} rows",
        f"{bytes_[0]['bytes'] / cpu / 1e6:.0f} MB/s of message text",
    ])


def unpack():
    planted = truth("b64_20k_truth.parquet")
    rows, cpu, wall = huntsql(UNPACK)
    texts = {}
    for row in rows:
        texts.setdefault(row["id"], []).append(row["text"])
    all_, found = Counter(), Counter()
    for row in planted:
        all_[row["kind"]] += 1
        found[row["kind"]] += row["payload"] in texts.get(row["id"], [])
    others = set(texts) - {row["id"] for row in planted}
    theirs = [peer("m_b64", utf16) for utf16 in "01"]
    report("b64_unpack, b64_20k", 20_000, cpu, wall, theirs[1]["cpu_s"], [
        "planted  " + ", ".join(f"{kind} {found[kind]}/{all_[kind]}" for kind in sorted(all_)),
        f"rows outside the planted ones: {len(others)}",
        f"MSTICPy  utf16=False {theirs[0]['found']}, utf16=True {theirs[1]['found']} (found, planted)",
    ])


if __name__ == "__main__":
    if not PEERS.exists():
        sys.exit(f"SKIPPED: {PEERS} is absent; the workloads are not part of the project")
    if not HUNTSQL.exists():
        sys.exit(f"{HUNTSQL} is absent: cargo build --release -p huntsql")
    install()
    # MSTICPy needs over a minute for all 100,000 rows; its time grows linearly.
    iocs(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    unpack()
