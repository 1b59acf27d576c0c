// Seeded data: the same pages on every machine.
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const HOSTILE = [
  `<img src=x onerror="window.__xss=1">`,
  `</script><script>window.__xss=2</script>`,
  `javascript:window.__xss=3`,
  `"><svg onload=window.__xss=4>`,
  `a\u2028b\u2029c`,
  `\u202Egnp.exe\u202C \u2066iso\u2069`,
  `=HYPERLINK("http://evil.example","click")`,
  `+1+1`, `-2+3`, `@SUM(A1)`,
  `O'Brien'; DROP TABLE x; --`,
  `<!--<script>`,
  `{{constructor.constructor('window.__xss=5')()}}`,
  `${"A very long text ".repeat(200)}`,
  `\u0627\u0644\u0639\u0631\u0628\u064A\u0629 عربي`,
  `日本語のログ 🕵️‍♀️ e\u0301\u0301\u0301`,
];

const GROUPS = ["svc-backup", "alice.meyer", "bob", "DOMAIN\\administrator", "SYSTEM", "NETWORK SERVICE", "carol.o'hara", "dba_prod", "jenkins", "web-01$", "guest", "dave"];
const PROCESSES = ["svchost.exe", "powershell.exe", "cmd.exe", "lsass.exe", "explorer.exe", "chrome.exe", "python3", "sshd", "rundll32.exe", "wmiprvse.exe", "certutil.exe", "bitsadmin.exe", "mshta.exe", "regsvr32.exe", "schtasks.exe", "net.exe", "whoami.exe", "curl", "bash", "nginx"];
const DAY = 86_400_000;
export const START = Date.UTC(2026, 3, 6);

/** Times (ms), groups, hosts, users, processes, messages: 30 days, a day cycle, nine bursts. */
export function events(n, groups = GROUPS.length) {
  const next = random(42);
  const times = new Float64Array(n);
  const bursts = Array.from({ length: 9 }, () => [next() * 30 * DAY, next() * groups | 0]);
  const group = new Uint16Array(n);
  for (let i = 0; i < n; i++) {
    if (next() < 0.15) {
      const [at, who] = bursts[(next() * 9) | 0];
      times[i] = at + next() * 3_600_000;
      group[i] = next() < 0.8 ? who : (next() * groups) | 0;
    } else {
      let at;
      do at = next() * 30 * DAY;
      while (next() > 0.35 + 0.65 * Math.sin((((at % DAY) / DAY) * 2 - 0.5) * Math.PI) ** 2);
      times[i] = at;
      group[i] = (next() ** 1.6 * groups) | 0;
    }
  }
  const order = times.map((t) => Math.floor(t));
  const index = Uint32Array.from({ length: n }, (_, i) => i);
  index.sort((a, b) => order[a] - order[b]);
  const messages = Math.max(1, Math.min(50_000, n / 20)) | 0;
  const out = { times: new Float64Array(n), group: new Uint16Array(n), host: new Uint32Array(n), user: new Uint32Array(n), process: new Uint32Array(n), message: new Uint32Array(n) };
  for (let i = 0; i < n; i++) {
    out.times[i] = (START + order[index[i]]) * 1000;
    out.group[i] = group[index[i]];
    out.host[i] = 1 + ((next() * next() * 500) | 0);
    out.user[i] = 1 + ((next() * 800) | 0);
    out.process[i] = 1 + ((next() * next() * 20) | 0);
    out.message[i] = 1 + ((next() * messages) | 0);
  }
  return { ...out, groups: GROUPS, hosts: Array.from({ length: 500 }, (_, i) => `host-${String(i).padStart(3, "0")}.corp[.]example`), users: Array.from({ length: 800 }, (_, i) => `user${i}`), processes: PROCESSES, messages: Array.from({ length: messages }, (_, i) => `An account was logged on. Logon type ${i % 11}, session 0x${(i * 7919).toString(16)}, request ${i}`) };
}
