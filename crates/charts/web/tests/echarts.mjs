// The kinds of echarts.js in a real browser: `node tests/echarts.mjs [name of a test ...]`.
import assert from "node:assert/strict";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { PAGES, T0, write } from "./echarts-pages.mjs";

const out = fileURLToPath(new URL("out", import.meta.url));
const axe = fs.readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const wanted = process.argv.slice(2);
const tests = [];
const test = (name, run) => tests.push({ name, run });

let browser;

/** A page, with all that went wrong on it. */
async function open(name, settings = {}) {
  const context = await browser.newContext({ viewport: { width: 1300, height: 1000 }, ...settings });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => (["error", "warning"].includes(message.type()) ? wrong.push(message.text()) : 0));
  page.on("pageerror", (error) => wrong.push(String(error.stack)));
  page.on("request", (request) => (/^(file|blob|data):/.test(request.url()) ? 0 : wrong.push(`asked for ${request.url()}`)));
  page.on("popup", (popup) => wrong.push(`opened ${popup.url()}`));
  await page.addInitScript(() => {
    window.__violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(`file://${write(out, name)}`);
  await page.waitForSelector(".drawing canvas, .failure");
  await page.waitForFunction(() => [...document.querySelectorAll("section.panel summary")].every((node) => node.textContent !== "Rows"));
  const quiet = async () => {
    assert.deepEqual(wrong, [], `${name}: console, errors, requests`);
    assert.deepEqual(await page.evaluate(() => window.__violations), [], `${name}: policy`);
    assert.equal(await page.evaluate(() => window.__xss), undefined, `${name}: a script ran`);
    await context.close();
  };
  return { page, quiet };
}

/** Looks for the pointer position at which the card says `text`. */
async function find(page, text, step = 14, selector = ".drawing") {
  await page.locator(selector).first().scrollIntoViewIfNeeded();
  const box = await page.locator(selector).first().boundingBox();
  for (let y = 6; y < box.height; y += step) {
    for (let x = 6; x < box.width; x += step) {
      await page.mouse.move(box.x + x, box.y + y);
      const said = await page.evaluate(() => document.querySelector(".card:not([hidden])")?.textContent ?? "");
      if (text instanceof RegExp ? text.test(said) : said.includes(text)) return { x: box.x + x, y: box.y + y, said };
    }
  }
  throw new Error(`no card says ${text}`);
}

const settle = (page) => page.waitForTimeout(350);
const sql = (page, at = 0) => page.locator("pre.sql").nth(at).textContent();
const status = (page, at = 0) => page.locator("p.status").nth(at).textContent();
const summary = (page, at = 0) => page.locator("section.panel details > summary").nth(at).textContent();
const waitForRows = (page, at, count) => page.waitForFunction(([place, text]) => document.querySelectorAll("section.panel details > summary")[place]?.textContent === text, [at, `Rows (${count})`]);
const shot = (page, selector = ".drawing canvas") => page.locator(selector).first().screenshot();

for (const name of Object.keys(PAGES)) {
  test(`${name}: loads without a word, nothing is asked for, no style is refused`, async () => {
    const { page, quiet } = await open(name);
    // The pointer goes over everything once: cards and emphasis must be as silent.
    for (const drawing of await page.locator(".drawing").all()) {
      await drawing.scrollIntoViewIfNeeded();
      const box = await drawing.boundingBox();
      for (let step = 0; step < 60; step++) await page.mouse.move(box.x + ((step * 97) % box.width), box.y + ((step * 61) % box.height));
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    }
    await settle(page);
    assert.equal(await page.locator("img, iframe, object, embed, svg, a[href^='http'], a[href^='javascript']").count(), 0, "no element comes from data");
    assert.equal(await page.locator("style").count(), 1, "the style of the page, and no other");
    await quiet();
  });
}

for (const scheme of ["light", "dark"]) {
  for (const name of ["graph", "map", "sankey", "bars", "histogram_time", "option_calendar"]) {
    test(`${name}, ${scheme}: nothing serious for axe`, async () => {
      const { page, quiet } = await open(name, { colorScheme: scheme, bypassCSP: true });
      await page.addScriptTag({ content: axe });
      const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      const serious = found.violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
      assert.deepEqual(serious.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`), []);
      await quiet();
    });
  }
}

test("graph: the card has kind, rows, attributes and times; a click is a filter", async () => {
  const { page, quiet } = await open("graph");
  const { said } = await find(page, /host-0.*kind/);
  for (const part of ["host", "kind", "rows", "neighbours", "site", "Oslo", "first", "2026-04-06"]) assert.ok(said.includes(part), `${part} in ${said}`);
  await page.mouse.down();
  await page.mouse.up();
  await settle(page);
  assert.match(await page.locator(".chip").textContent(), /host.*is.*host-0/);
  // The value of the table, not the text that is shown.
  assert.equal(await sql(page), `WHERE "host" = 'HOST-0.raw'`);
  // Two accounts log on there.
  assert.equal(await summary(page), "Rows (2)");
  await quiet();
});

test("graph: edges have a card, search dims, the legend hides, the table follows", async () => {
  const { page, quiet } = await open("graph");
  assert.equal(await summary(page), "Rows (13)");
  const edge = await find(page, "label");
  assert.ok(edge.said.includes("ssh") && edge.said.includes("account") && edge.said.includes("value"), edge.said);
  await page.mouse.move(2, 2);
  const before = await shot(page);
  await page.locator("input[type=search]").fill("user-1");
  await settle(page);
  assert.notDeepEqual(await shot(page), before);
  assert.match(await status(page), /^1 of 11 nodes/);
  await page.locator("input[type=search]").fill("");
  await settle(page);
  const hide = page.locator(".legend button", { hasText: "user" });
  await hide.click();
  await settle(page);
  assert.equal(await hide.getAttribute("aria-pressed"), "false");
  assert.match(await status(page), /^6 of 11 nodes/);
  assert.equal(await summary(page), "Rows (0)");
  await hide.click();
  await settle(page);
  assert.equal(await summary(page), "Rows (13)");
  await quiet();
});

test("graph: a node can be dragged and stays; keys move the picture; reset brings it back", async () => {
  const { page, quiet } = await open("graph");
  const at = await find(page, /host-2.*kind/);
  await page.mouse.down();
  await page.mouse.move(at.x + 60, at.y + 90, { steps: 8 });
  await page.mouse.up();
  await page.locator(".legend button", { hasText: "user" }).click();
  await settle(page);
  await page.mouse.move(at.x + 61, at.y + 91);
  assert.ok((await page.locator(".card").textContent()).includes("host-2"), "it is where it was dropped");
  assert.equal(await page.locator(".chip").count(), 0, "a drag is no click");
  const moved = await shot(page);
  await page.locator(".drawing").focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("+");
  await settle(page);
  assert.notDeepEqual(await shot(page), moved);
  await page.locator("button", { hasText: "Reset" }).click();
  await settle(page);
  await page.mouse.move(at.x, at.y);
  assert.ok((await page.locator(".card").textContent()).includes("host-2"), "it is where it was first");
  await quiet();
});

test("map: clusters open on a click until places stand alone; the card lists them", async () => {
  const { page, quiet } = await open("map");
  const all = Number((await summary(page)).match(/\d+/)[0]);
  assert.equal(all, 300);
  const cluster = await find(page, "60 places");
  for (const part of ["rows", "sum of bytes", "first", "last", "10[.]0[.]0[.]", "+54 more here"]) assert.ok(cluster.said.includes(part), `${part} in ${cluster.said}`);
  let rows = all;
  await page.mouse.click(cluster.x, cluster.y);
  await settle(page);
  rows = Number((await summary(page)).match(/\d+/)[0]);
  assert.ok(rows < all && rows > 0, `the view is closer: ${rows} rows`);
  const alone = await find(page, "position", 10);
  assert.ok(alone.said.includes("verdict"), alone.said);
  await page.mouse.click(alone.x, alone.y);
  await settle(page);
  assert.match(await sql(page), /^WHERE ip = '10\.0\.\d+\.\d+'$/);
  assert.match(await status(page), /^1 of 300 places/);
  await page.locator("button", { hasText: "Reset" }).click();
  await settle(page);
  assert.equal(await summary(page), "Rows (1)");
  await quiet();
});

test("map: colours are hidden by the legend and left out of the condition", async () => {
  const { page, quiet } = await open("map");
  await page.locator(".legend button", { hasText: "blocked" }).click();
  await settle(page);
  assert.match(await status(page), /^200 of 300 places/);
  assert.equal(await sql(page), "WHERE (verdict <> 'blocked' OR verdict IS NULL)");
  await quiet();
});

test("map: land is where it is and nothing streaks", async () => {
  const { page, quiet } = await open("map_five");
  const colors = await page.evaluate(() => {
    const canvas = document.querySelector(".drawing canvas");
    // A copy: reading the canvas of the page itself would slow it down, and the browser says so.
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const ratio = canvas.width / canvas.clientWidth;
    const miller = (latitude) => (1.25 * Math.log(Math.tan(Math.PI / 4 + 0.4 * latitude * (Math.PI / 180)))) / (Math.PI / 180);
    const scale = Math.min((canvas.clientWidth - 52) / 360, canvas.clientHeight / (miller(84) - miller(-58)));
    const at = (longitude, latitude) => {
      const x = canvas.clientWidth / 2 + longitude * scale;
      const y = canvas.clientHeight / 2 - (miller(latitude) - (miller(84) + miller(-58)) / 2) * scale;
      return context.getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data.join();
    };
    return { sahara: at(10, 23), siberia: at(100, 62), caspian: at(50.8, 42), atlantic: at(-35, 30), arctic: at(10, 82.5), pacific: at(-150, 20), chukotka: at(-175, 66.6), south: at(-100, -40) };
  });
  for (const sea of ["caspian", "arctic", "pacific", "south"]) assert.equal(colors[sea], colors.atlantic, sea);
  assert.equal(colors.siberia, colors.sahara);
  assert.notEqual(colors.chukotka, colors.atlantic, "what lies east of the date line is land, too");
  assert.notEqual(colors.sahara, colors.atlantic);
  await quiet();
});

test("flows: nodes and flows have cards; a click narrows, also on the other side", async () => {
  const { page, quiet } = await open("sankey");
  const node = await find(page, "out", 8);
  assert.ok(node.said.includes("account"), node.said);
  await page.mouse.click(node.x, node.y);
  await settle(page);
  const condition = await sql(page);
  assert.match(condition, /^WHERE account = '(alice|bob)'$/);
  assert.ok(Number((await summary(page)).match(/\d+/)[0]) < 6);
  await quiet();
});

test("bars: totals, parts, labels in full on the card; the rest is what has no bar", async () => {
  const { page, quiet } = await open("bars");
  const rest = await find(page, "other (7)", 10);
  assert.ok(rest.said.includes("cannot be told apart"), rest.said);
  await page.mouse.click(rest.x, rest.y);
  await settle(page);
  assert.match(await sql(page), /^WHERE process NOT IN \('powershell\.exe', 'cmd\.exe', 'C:.*AAAA', 'svchost\.exe'\)$/);
  assert.equal(await summary(page), "Rows (1)");
  await page.locator(".chip button").last().click();
  await settle(page);
  const long = await find(page, "-EncodedCommand", 10);
  assert.ok(long.said.includes("C:\\Windows\\System32\\WindowsPowerShell"), long.said);
  await page.mouse.click(long.x, long.y);
  await settle(page);
  assert.match(await sql(page), /^WHERE process = 'C:\\Windows\\.*AAAA'$/);
  assert.equal(await summary(page), "Rows (1)");
  await quiet();
});

test("map: NULL is no text, and a colour that stands for several is no value", async () => {
  const { page, quiet } = await open("map_rest");
  const click = async (text) => {
    const at = await find(page, text, 8);
    await page.mouse.click(at.x, at.y);
    await settle(page);
  };
  await click(/ipNULL.*60\.\d/);
  assert.equal(await sql(page), "WHERE ip IS NULL");
  assert.equal(await summary(page), "Rows (1)");
  await page.locator(".chip button").last().click();
  await click(/ipNULL.*40\.\d/);
  assert.equal(await sql(page), "WHERE ip = 'NULL'");
  await page.locator(".chip button").last().click();
  await page.locator(".legend button", { hasText: "other (5)" }).click();
  await settle(page);
  assert.equal(await sql(page), "WHERE (verdict = 'allowed' OR verdict IS NULL)");
  assert.match(await status(page), /^4 of 6 places/);
  await quiet();
});

test("flows: several values as one are what the others of their level are not", async () => {
  const { page, quiet } = await open("sankey");
  const node = await find(page, /other \(3\).*cannot be told apart/, 8);
  await page.mouse.click(node.x, node.y);
  await settle(page);
  assert.equal(await sql(page), "WHERE process <> 'powershell.exe'");
  await quiet();
});

test("flows of pairs: a node is a value of the column that it is drawn for", async () => {
  const { page, quiet } = await open("sankey_pairs");
  const node = await find(page, /powershell.*in.*out/, 8);
  assert.match(node.said, /^frompowershell\.exe.*topowershell\.exe/);
  await page.mouse.click(node.x, node.y);
  await settle(page);
  assert.equal(await sql(page), "WHERE from = 'powershell.exe'");
  assert.equal(await summary(page), "Rows (2)");
  await page.locator(".chip button").last().click();
  await settle(page);
  const flow = await find(page, /fromalice.*topowershell\.exe.*count/, 8);
  await page.mouse.click(flow.x, flow.y);
  await settle(page);
  assert.equal(await sql(page), "WHERE from = 'alice'\n  AND to = 'powershell.exe'");
  assert.equal(await summary(page), "Rows (1)");
  await quiet();
});

test("flows of pairs: of several that stand for several values none gives a filter", async () => {
  const { page, quiet } = await open("sankey_rests");
  const node = await find(page, /other \(7\).*out/, 8);
  assert.ok(node.said.includes("give no filter") && !node.said.includes("only"), node.said);
  await page.mouse.click(node.x, node.y);
  await settle(page);
  assert.equal(await page.locator(".chip").count(), 0);
  assert.equal(await page.locator(".card.pinned .card-actions").count(), 0);
  await page.keyboard.press("Escape");
  // It is the only one where steps end.
  const flow = await find(page, /fromalice.*toother \(3\)/, 6);
  await page.mouse.click(flow.x, flow.y);
  await settle(page);
  assert.equal(await sql(page), "WHERE from = 'alice'\n  AND to NOT IN ('alice', 'powershell.exe', 'Oslo', 'Bern')");
  await quiet();
});

test("histogram of times: what was chosen is no longer when something else is the selected time", async () => {
  const { page, quiet } = await open("linked");
  const at = 2;
  const drawing = page.locator("#c2 .drawing");
  await drawing.scrollIntoViewIfNeeded();
  const box = await drawing.boundingBox();
  const x = (bin) => box.x + 64 + ((box.width - 88) / 12) * (bin + 0.5);
  await page.mouse.move(x(10), box.y + 150);
  await page.mouse.down();
  await page.mouse.move(x(11), box.y + 150, { steps: 4 });
  await page.mouse.up();
  await settle(page);
  assert.match(await status(page, at), /^ts from 2026-04-06 20:00:00 to 2026-04-07 00:00:00: \d+ rows$/);
  // The upper edge is in the last bin.
  assert.match(await sql(page, at), / AND ts < TIMESTAMP '2026-04-07 00:00:00\.000001'$/);
  await page.evaluate((time) => (location.hash = `#time=${time}`), `${T0}~${T0 + 3_600_000_000}`);
  await settle(page);
  assert.equal(await status(page, at), "12 bins");
  await waitForRows(page, at, 1);
  // The same bin as before is chosen, not given up.
  await drawing.scrollIntoViewIfNeeded();
  const now = await drawing.boundingBox();
  await page.mouse.click(x(11), now.y + 150);
  await settle(page);
  assert.match(await status(page, at), /^ts from 2026-04-06 22:00:00/);
  // A time before all bins, then the upper edge of the last one.
  for (const [time, rows] of [[T0 - 1, 0], [T0 + 86_400_000_000, 1]]) {
    await page.evaluate((text) => (location.hash = `#time=${text}`), `${time}~${time}`);
    await waitForRows(page, at, rows);
  }
  await quiet();
});

test("histogram: a drag that nobody ends is given up", async () => {
  const { page, quiet } = await open("histogram");
  const box = await page.locator(".drawing").boundingBox();
  const x = (bin) => box.x + 64 + ((box.width - 88) / 12) * (bin + 0.5);
  await page.mouse.move(x(2), box.y + 150);
  await page.mouse.down();
  await page.mouse.move(x(4), box.y + 150, { steps: 5 });
  await page.evaluate(() => dispatchEvent(new Event("blur")));
  await page.mouse.move(x(7), box.y + 150, { steps: 5 });
  await settle(page);
  assert.equal(await summary(page), "Rows (12)");
  await page.mouse.up();
  await settle(page);
  assert.match(await sql(page), /no condition/);
  await quiet();
});

test("histogram: a drag chooses bins of numbers as a condition", async () => {
  const { page, quiet } = await open("histogram");
  const box = await page.locator(".drawing").boundingBox();
  const x = (bin) => box.x + 64 + ((box.width - 88) / 12) * (bin + 0.5);
  await page.mouse.move(x(2), box.y + 150);
  assert.match(await page.locator(".card").textContent(), /from10to below15/);
  await page.mouse.down();
  await page.mouse.move(x(4), box.y + 150, { steps: 5 });
  await page.mouse.up();
  await settle(page);
  assert.equal(await sql(page), "WHERE bytes >= 10\n  AND bytes < 25");
  assert.equal(await summary(page), "Rows (3)");
  await page.locator(".drawing").focus();
  await page.keyboard.press("Escape");
  await settle(page);
  assert.equal(await summary(page), "Rows (12)");
  await quiet();
});

test("histogram of times: a drag is the time of the page, and all charts follow", async () => {
  const { page, quiet } = await open("linked");
  const drawing = page.locator("#c2 .drawing");
  await drawing.scrollIntoViewIfNeeded();
  const box = await drawing.boundingBox();
  const x = (bin) => box.x + 64 + ((box.width - 88) / 12) * (bin + 0.5);
  assert.equal(await page.locator("#c1 details > summary").textContent(), "Rows (13)");
  await page.mouse.move(x(0), box.y + 150);
  await page.mouse.down();
  await page.mouse.move(x(1), box.y + 150, { steps: 4 });
  await page.mouse.up();
  await settle(page);
  assert.match(await page.locator(".chip").textContent(), /time.*2026-04-06 00:00:00/);
  // Edges are an hour apart: four of them begin before the end of the second bin.
  assert.equal(await page.locator("#c1 details > summary").textContent(), "Rows (4)");
  assert.ok(T0 > 0);
  assert.equal(await page.locator("#c3 .ignored").textContent(), "This chart is not narrowed by the selection: time.");
  assert.equal(await page.locator("#c1 .ignored").isVisible(), false);
  assert.equal(await sql(page, 1), "WHERE TRUE /* the SQL of a selected column is not known */");
  assert.match(await sql(page, 0), /^WHERE ts >= TIMESTAMP '2026-04-06 00:00:00\.000000' AND ts < TIMESTAMP '2026-04-06 04:00:00\.000000'$/);
  await quiet();
});

test("an option: what it must not do is taken out and said", async () => {
  const { page, quiet } = await open("option_wicked");
  const said = await page.locator("#c0 .picture .subtitle").textContent();
  for (const part of ["title.link", "title.sublink", "toolbox", "graphic", "backgroundColor.image", "tooltip.extraCssText", "series.symbol", "series.markPoint.symbol", "legend.data.icon"]) assert.ok(said.includes(part), `${part} in ${said}`);
  await quiet();
});

test("an option: the tooltip is drawn, not built", async () => {
  const { page, quiet } = await open("option_box");
  const before = await shot(page);
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  const box = await page.locator(".drawing").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await settle(page);
  assert.notDeepEqual(await shot(page), before);
  assert.equal(await page.evaluate(() => document.querySelectorAll("*").length), elements);
  await quiet();
});

test("an option that ECharts refuses is said, the page lives", async () => {
  const { page, quiet } = await open("option_broken");
  assert.match(await page.locator(".failure").first().textContent(), /ECharts cannot draw this option/);
  await quiet();
});

test("the script has no way to parse HTML, load an image or open a window", async () => {
  const script = fs.readFileSync(new URL("../dist/echarts.js", import.meta.url), "utf8");
  for (const word of ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "window.open", ".src=", "eval(", "new Function", "XMLHttpRequest", "fetch("]) {
    assert.equal(script.includes(word) && !(word === "fetch(" && !/[^\w.$]fetch\(["'`]/.test(script)), false, word);
  }
  assert.ok(script.includes("Apache License, Version 2.0") && script.includes("BSD 3-Clause"));
});

browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox"] });
let failed = 0;
try {
  for (const { name, run } of tests) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    try {
      await run();
      process.stdout.write(`ok   ${name}\n`);
    } catch (reason) {
      failed += 1;
      process.stdout.write(`FAIL ${name}\n${reason.stack}\n`);
      for (const context of browser.contexts()) await context.close();
    }
  }
} finally {
  await browser.close();
}
process.exitCode = failed > 0 ? 1 : 0;
