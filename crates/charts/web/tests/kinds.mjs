// Charts of the other kinds.
import { block, doubles, head, planes, rows } from "./encode.mjs";
import { HOSTILE, random, START } from "./data.mjs";

const source = (name, sql = name) => ({ name, sql });

export function durations(n, id = "c0") {
  const next = random(11);
  const names = ["vpn", "rdp", "ssh", "smb", "backup job", "scan"];
  const items = Array.from({ length: n }, () => {
    const lane = (next() * names.length) | 0;
    const begin = START * 1000 + Math.floor(next() * 86_400_000) * 1000;
    return { begin, lane, end: next() < 0.06 ? null : begin + Math.floor(next() ** 4 * 14_400_000 * (n > 1000 ? 0.2 : 1)) * 1000, user: `user${(next() * 40) | 0}` };
  }).sort((a, b) => a.begin - b.begin);
  const made = rows({
    times: items.map((item) => item.begin), unit: 1000, lanes: names.map((name) => ({ name })), lane: { name: "service", sql: "service", codes: items.map((item) => item.lane) },
    ends: items.map((item) => item.end), end: source("end_time"), columns: [{ ...source("user", '"user"'), texts: items.map((item) => item.user) }],
  });
  return { head: head("durations", id, { title: "Sessions", subtitle: `${n} sessions of one day`, data: made.data, refs: [{ time: START * 1000 + 40_000_000_000, label: "change window" }] }), blocks: made.blocks };
}

export function values(n, mark, id = "c0", shared = false) {
  const next = random(17);
  const names = ["web-1", "web-2", "db-1"];
  const times = Array.from({ length: n }, () => START * 1000 + Math.floor(next() * 86_400_000 * 3) * 1000).sort((a, b) => a - b);
  const lane = times.map(() => (next() * 3) | 0);
  const numbers = times.map((time, i) => (next() < 0.01 ? NaN : Math.round(((Math.sin(time / 1e10) + 1.3) * 400 * (lane[i] + 1) + next() ** 8 * 9000) * 10) / 10));
  const made = rows({ times, unit: 1000, lanes: names.map((name) => ({ name })), lane: { name: "host", sql: "host", codes: lane }, values: numbers, value: source("bytes"), columns: [{ ...source("process"), texts: times.map((_, i) => `p${i % 9}`) }] });
  return { head: head("values", id, { title: `Bytes out, ${mark}`, data: made.data, spec: { mark, shared_axis: shared } }), blocks: made.blocks };
}

export function series(n, panels = 1, id = "c0") {
  const next = random(23);
  const times = [];
  const panel = [];
  const observed = [];
  const baseline = [];
  const low = [];
  const high = [];
  const score = [];
  const anomaly = [];
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < panels; p++) {
      times.push(START * 1000 + i * 60_000_000);
      panel.push(p);
      const base = 120 + 60 * Math.sin((i / 1440) * 2 * Math.PI) + p * 40;
      let value = base + (next() - 0.5) * 30;
      let kind = 0;
      if (next() < 0.004) { value += 120; kind = 1; } else if (next() < 0.003) { value -= 90; kind = 2; }
      observed.push(Math.round(value * 10) / 10);
      baseline.push(base);
      low.push(base - 30);
      high.push(base + 30);
      score.push((value - base) / 10);
      anomaly.push(kind);
    }
  }
  const made = rows({ times, unit: 1_000_000, lanes: Array.from({ length: panels }, (_, p) => ({ name: panels === 1 ? "" : `sensor ${p}` })), lane: panels === 1 ? null : { name: "sensor", sql: "sensor", codes: panel }, values: observed, value: source("count"), columns: [{ ...source("note"), texts: times.map((_, i) => (i % 7 ? null : `n${i}`)) }] });
  Object.assign(made.blocks, { baseline: block(doubles(baseline)), low: block(doubles(low)), high: block(doubles(high)), score: block(doubles(score)), anomaly: block(planes(anomaly, 1)) });
  return { head: head("series", id, { title: "Logons per minute", subtitle: "STL residuals, score above 3", data: made.data, refs: [{ time: times[(times.length / 2) | 0], label: "patch day" }] }), blocks: made.blocks };
}

const byName = (values) => values.map((_, i) => i).sort((a, b) => (values[a] < values[b] ? -1 : 1));

export function matrix(width, height, { mark = "cell", scale = "log", names = null, id = "c0", times = true } = {}) {
  const next = random(31);
  const x = names ?? Array.from({ length: width }, (_, i) => `process-${i}.exe`);
  const y = names ?? Array.from({ length: height }, (_, i) => `host-${String(i).padStart(2, "0")}.corp[.]example`);
  const cells = { x: [], y: [], value: [], count: [] };
  const first = [];
  const last = [];
  for (let row = 0; row < y.length; row++) {
    for (let column = 0; column < x.length; column++) {
      if (next() < 0.55) continue;
      const count = 1 + Math.floor(next() ** 6 * 20_000);
      cells.x.push(column);
      cells.y.push(row);
      cells.value.push(count);
      cells.count.push(count);
      const begin = START * 1000 + Math.floor(next() * 20 * 86_400_000) * 1000;
      first.push(begin);
      last.push(begin + Math.floor(next() * 86_400_000) * 1000);
    }
  }
  const sum = (axis, n) => {
    const total = new Array(n).fill(0);
    cells[axis].forEach((at, i) => (total[at] += cells.count[i]));
    return total.map((_, i) => i).sort((a, b) => total[b] - total[a]);
  };
  const spec = {
    x: { name: "process", sql: "process", values: x, raw: x.map(() => null) }, y: { name: "host", sql: "host", values: y, raw: y.map((name) => (names ? null : name.replace("[.]", "."))) },
    measure: "count of rows", cells, scale, mark, first: times ? first : null, last: times ? last : null,
    x_orders: { count: sum("x", x.length), name: byName(x), cluster: x.map((_, i) => i) }, y_orders: { count: sum("y", y.length), name: byName(y), cluster: y.map((_, i) => i) },
  };
  return { head: head("matrix", id, { title: names ? HOSTILE[1] : "Processes by host", spec, rows_in: 100_000, rows_drawn: 100_000 }), blocks: {} };
}

export function tree(n, { id = "c0", hostile = false } = {}) {
  const next = random(37);
  const names = ["svchost.exe", "powershell.exe", "cmd.exe", "explorer.exe", "rundll32.exe", "conhost.exe", "python.exe", "whoami.exe", "certutil.exe"];
  const depth = [];
  const parent = [];
  const time = [];
  const stack = [];
  for (let i = 0; i < n; i++) {
    while (stack.length && (next() < 0.45 || stack.length > 9)) stack.pop();
    if (next() < 0.008) stack.length = 0;
    depth.push(stack.length + 1);
    parent.push(stack.length ? stack.at(-1) + 1 : 0);
    time.push(START * 1000 + i * 1_700_000);
    stack.push(i);
  }
  const process = depth.map((_, i) => (hostile ? HOSTILE[i % HOSTILE.length] : names[(next() * names.length) | 0]));
  const pid = depth.map(() => String(((next() * 16_000) | 0) * 4));
  const command = depth.map((_, i) => (hostile ? HOSTILE[(i + 3) % HOSTILE.length] : `"C:\\Windows\\System32\\${process[i]}" -k netsvcs -p -s item${i % 97} ${i % 13 === 0 ? `-EncodedCommand ${"SQBFAFgA".repeat(12)}` : ""}`));
  const key = depth.map((_, i) => `k${i}`);
  const users = ["SYSTEM", "alice", "bob", "svc"];
  const user = depth.map(() => (next() * 4) | 0);
  const made = rows({
    times: time, unit: 1000, color: { name: "user", sql: '"user"', values: users, codes: user },
    columns: [{ ...source("process"), texts: process }, { ...source("pid"), texts: pid }, { ...source("command_line"), texts: command }, { ...source("key", '"key"'), texts: key }, { ...source("user", '"user"'), texts: user.map((u) => users[u]) }, { ...source("inferred"), texts: depth.map((_, i) => (i % 41 === 0 ? "true" : "false")) }],
  });
  delete made.blocks.bins;
  Object.assign(made.blocks, { depth: block(planes(depth, 2)), parent: block(planes(parent, 4)) });
  made.data.lanes = null;
  return { head: head("process_tree", id, { title: hostile ? HOSTILE[1] : "Processes of web-01", subtitle: `${n} processes`, data: made.data, spec: { label: 0, detail: [1, 2, 4], flags: { inferred: 5 }, max_depth: Math.max(0, ...depth) } }), blocks: made.blocks };
}
