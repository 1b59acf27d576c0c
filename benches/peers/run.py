"""huntsql beside MSTICPy on the workloads of ../shared/peers: CPU seconds of one thread, ratio, planted hits. See README.md."""
import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from pathlib import Path
from statistics import median

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
# With one constant address it is all but the look-ups: start of the process, opening the database, reading, counting. That is taken off, since MSTICPy's and
# the C extension's times leave it out as well.
GEOIP = """SET datafusion.execution.target_partitions = 1;
SELECT count(ip) AS rows, count(place['city']) AS cities, count(place) AS places
FROM (SELECT line AS ip, geoip({ip}, {{'database': '{geo}/GeoLite2-City.mmdb'}}) AS place FROM '{addresses}')"""
DISTINCT = "SELECT count(DISTINCT line) AS addresses FROM '{addresses}'"
AUDITD = {
    "two columns": "time, serial",
    "five columns": "time, pid, comm, exe, command_line",
    "23 columns": "time, serial, node, types, syscall, success, exit, pid, ppid, auid, uid, euid, gid, ses, tty, comm, exe, cwd, command_line, address, account, result, key",
    "eight, lists and map": "time, serial, syscall, pid, command_line, arguments, paths, fields",
}
# The truth file speaks MSTICPy's names.
TYPES = {"dns": "domain", "md5_hash": "md5", "sha1_hash": "sha1", "sha256_hash": "sha256"}


def install():
    if not PYTHON.exists():
        print("installing msticpy 3.0.2 into", PYTHON.parents[1], file=sys.stderr)
        venv.create(PYTHON.parents[1], with_pip=True)
        subprocess.run([PYTHON, "-m", "pip", "install", "-q", "msticpy==3.0.2", "pyarrow", "setuptools"], check=True)


def huntsql(sql, **values):
    """Rows of the last statement, CPU seconds and wall seconds of the process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        [HUNTSQL, "-o", "ndjson", "-c", sql.format(data=PEERS / "data", **values)],
        env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, check=True)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Not splitlines(): a JSON text may hold U+2028.
    return [json.loads(line) for line in done.stdout.decode().split("\n") if line], cpu, wall


def peer(*words, work=PEERS / "work.py"):
    done = subprocess.run([PYTHON, work, *words], env={**os.environ, **ONE_THREAD}, capture_output=True, text=True)
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


def geoip(rounds):
    """Addresses a CPU second, nearly all distinct, in turn; MSTICPy once. All fields are made, as the C extension makes the whole record."""
    geo = PEERS / "data" / "geo"
    addresses = geo / "ips100k.txt"
    lines = len(addresses.read_text().split())
    ours, base, extension = [], [], []
    for _ in range(rounds):
        base.append(huntsql(GEOIP, ip="'8.8.8.8'", geo=geo, addresses=addresses)[1])
        rows, cpu, _ = huntsql(GEOIP, ip="line", geo=geo, addresses=addresses)
        ours.append(cpu)
        extension.append(peer("p_maxmind"))
    distinct = huntsql(DISTINCT, addresses=addresses)[0][0]["addresses"]
    theirs = peer("m_geo", "20000")
    net = median(cpu - empty for cpu, empty in zip(ours, base))
    if rows[0]["places"] != lines or rows[0]["cities"] != extension[0]["found"]:
        print(f"  NOT THE SAME: {rows[0]}, maxminddb found {extension[0]['found']}")
    speed = median(one["rows_per_cpu_s"] for one in extension)
    print(f"\ngeoip, ips100k: {lines:,} addresses, {distinct:,} distinct, medians of {rounds} rounds in turn")
    print(f"  huntsql      {lines / median(ours):10,.0f} rows a CPU second, whole process; {lines / net:,.0f} without start, opening and reading ({rows[0]['cities']:,} cities)")
    print(f"  maxminddb    {speed:10,.0f} rows a CPU second ({extension[0]['reader']}); ratio {lines / net / speed:.1f}, whole process {lines / median(ours) / speed:.1f}")
    print(f"  MSTICPy      {theirs['rows_per_cpu_s']:10,.0f} rows a CPU second; ratio {lines / net / theirs['rows_per_cpu_s']:.0f}, whole process {lines / median(ours) / theirs['rows_per_cpu_s']:.0f}")


def auditd(rounds, times):
    """The log of MSTICPy's own tests, `times` times, each copy at a time of its own: whole processes."""
    source = (PEERS.parent / "data" / "msticpy" / "auditd_log.txt").read_text().splitlines(keepends=True)
    with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
        for copy in range(times):
            log.writelines(re.sub(r"audit\((\d+)", lambda found: f"audit({int(found[1]) + copy * 10**6}", line) for line in source)
        log.flush()
        lines = len(source) * times
        spent = {name: [] for name in AUDITD}
        theirs = []
        for _ in range(rounds):
            theirs.append(msticpy_auditd(10))
            for name, columns in AUDITD.items():
                counts = ", ".join(f"count({column})" for column in columns.split(", "))
                sql = "SET datafusion.execution.target_partitions = 1; SELECT {counts} FROM read_auditd('{log}')"
                spent[name].append(huntsql(sql, counts=counts, log=log.name)[1])
    print(f"\nread_auditd: {lines:,} lines, medians of {rounds} rounds in turn; MSTICPy {median(theirs):,.0f} lines a CPU second")
    for name, seconds in spent.items():
        speed = lines / median(seconds)
        print(f"  {name:28} {speed:12,.0f} lines a CPU second, whole process; ratio {speed / median(theirs):.0f}")


def msticpy_auditd(times):
    """work.py writes its log beside itself, and ../shared is not ours to write to."""
    with tempfile.TemporaryDirectory() as folder:
        peers = Path(folder) / "peers"
        (peers / "data").mkdir(parents=True)
        (peers / "work.py").write_text((PEERS / "work.py").read_text())
        (Path(folder) / "data").symlink_to(PEERS.parent / "data")
        return peer("m_auditd", str(times), work=peers / "work.py")["rows_per_cpu_s"]


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("workloads", nargs="*", default=["iocs", "unpack"], help="iocs, unpack, geoip, auditd")
    # MSTICPy needs over a minute for all 100,000 rows; its time grows linearly.
    words.add_argument("--rows", type=int, default=20_000, help="rows of iocs that MSTICPy gets")
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--times", type=int, default=600, help="how often the log of auditd is repeated")
    words = words.parse_args()
    if not PEERS.exists():
        sys.exit(f"SKIPPED: {PEERS} is absent; the workloads are not part of the project")
    if not HUNTSQL.exists():
        sys.exit(f"{HUNTSQL} is absent: cargo build --release -p huntsql")
    install()
    runs = {"iocs": lambda: iocs(words.rows), "unpack": unpack, "geoip": lambda: geoip(words.rounds), "auditd": lambda: auditd(words.rounds, words.times)}
    for name in words.workloads:
        if name not in runs:
            sys.exit(f"no workload '{name}': {', '.join(runs)}")
        runs[name]()
