// Zones whose clocks were set at odd times, and times that are none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Zone, timeText, offsetText } = await load("time/zone.ts");
const { timeTicks } = await load("time/ticks.ts");
const { niceScale } = await load("lanes/extremes.ts");
const { logTicks } = await load("echarts/numbers.ts");
const { cluster } = await load("echarts/cluster.ts");

const micros = (text) => Date.parse(text) * 1000;

test("offsets with seconds, changes that are not at a quarter hour", () => {
  const berlin = Zone.named("Europe/Berlin");
  assert.equal(offsetText(micros("1890-01-01T00:00:00Z"), berlin), "UTC+00:53:28");
  assert.equal(timeText(micros("1890-01-01T00:00:00Z"), berlin), "1890-01-01 00:53:28");
  // 1893-04-01 00:00 local mean time became 00:06:32.
  assert.equal(timeText(micros("1893-03-31T23:06:31Z"), berlin), "1893-03-31 23:59:59");
  assert.equal(timeText(micros("1893-03-31T23:06:32Z"), berlin), "1893-04-01 00:06:32");
  assert.equal(timeText(micros("1893-03-31T23:00:01Z"), berlin), "1893-03-31 23:53:29");
  assert.equal(timeText(micros("1893-03-31T23:14:59Z"), berlin), "1893-04-01 00:14:59");
  const ticks = timeTicks(micros("1893-03-31T22:00:00Z"), micros("1893-04-01T02:00:00Z"), 8, berlin);
  for (const tick of ticks) assert.match(timeText(tick.at, berlin), /:[03]0:00$/, tick.text);
  assert.ok(ticks.length >= 6);
});

test("a day that a zone left out is left out, and nothing after it", () => {
  const apia = Zone.named("Pacific/Apia");
  assert.equal(timeText(micros("2011-12-30T09:59:59Z"), apia), "2011-12-29 23:59:59");
  assert.equal(timeText(micros("2011-12-30T10:00:00Z"), apia), "2011-12-31 00:00:00");
  const ticks = timeTicks(micros("2011-12-28T10:00:00Z"), micros("2012-01-03T10:00:00Z"), 8, apia);
  assert.deepEqual(ticks.map((tick) => tick.text), ["Dec 28", "Dec 29", "Dec 31", "Jan 1", "Jan 2", "Jan 3", "Jan 4"]);
  assert.ok(ticks.every((tick) => / 00:00:00$/.test(timeText(tick.at, apia))));
  const months = timeTicks(micros("2011-06-01T00:00:00Z"), micros("2012-08-01T00:00:00Z"), 14, apia);
  assert.ok(months.length === 5 && months.every((tick) => /-01 00:00:00$/.test(timeText(tick.at, apia))));
});

test("years that are none throw nothing", () => {
  for (const name of ["UTC", "Europe/Berlin", "Nowhere/Nothing"]) {
    const zone = Zone.named(name);
    for (const time of [9.2e18, -9.2e18, 1e300, -1e300, NaN, Infinity]) {
      assert.equal(typeof timeText(time, zone), "string");
      assert.equal(typeof offsetText(time, zone), "string");
      assert.ok(Array.isArray(timeTicks(-Math.abs(time), Math.abs(time), 12, zone)));
    }
  }
});

test("scales and clusters end, whatever the numbers", () => {
  for (const [low, high] of [[5e-324, 5e-324], [1e300, 1e300], [-1e308, 1e308], [1e16, 1e16 + 2], [0, 5e-324]]) assert.ok(niceScale(low, high, 5).ticks.length <= 50);
  assert.ok(logTicks(5e-324, 1e308, 10).length < 200);
  assert.deepEqual(logTicks(1, Infinity, 10), []);
  const places = [[1e300, 0], [1e300, 0], [NaN, 1], [1, 2]];
  const made = cluster([0, 1, 2, 3], places, [4, 3, 2, 1], 1e-9);
  assert.deepEqual(made.flatMap((one) => one.members).sort(), [0, 1, 2, 3]);
});
