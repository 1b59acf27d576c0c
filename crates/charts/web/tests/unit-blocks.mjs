// Blocks: numbers that are too large, bytes that are too few or too many, values behind texts in place.
import assert from "node:assert/strict";
import { test } from "node:test";
import zlib from "node:zlib";
import { load } from "./load.mjs";
import { rows, varints as write } from "./encode.mjs";

const { block, sums, varints, planes, doubles, codes } = await load("data/decode.ts");
const { Details } = await load("data/details.ts");
const { ByteCache } = await load("data/cache.ts");
const { decode } = await load("data/worker.ts");
const { buildIndex, placeOf } = await load("data/index.ts");

/** The blocks of a page, and how often each was asked for. */
function blocksOf(blocks, asked = []) {
  const bytes = (name, most) => (asked.push(name), block(blocks[name], most));
  return { has: (name) => name in blocks, bytes, json: async (name) => JSON.parse(Buffer.from(await bytes(name)).toString()) };
}

test("differences beyond 2^53 are added without losing the small ones", () => {
  const steps = [2n ** 53n, ...Array.from({ length: 4096 }, () => 1n), 2n ** 62n, 3n, 2n ** 62n + 5n];
  let exact = 0n;
  const expected = steps.map((step) => Number((exact += step)));
  assert.deepEqual([...sums(write(steps), steps.length, 2 ** 64)], expected);
  assert.deepEqual([...varints(write([1n, 2n ** 63n + 2049n, 300n, 268435455n, 268435456n, 2n ** 35n]), 6)], [1, Number(2n ** 63n + 2049n), 300, 268435455, 268435456, 2 ** 35]);
  assert.deepEqual([...sums(write([0, 5, 128, 70_000, 4_000_000_000]), 5, 4294967295)], [0, 5, 133, 70_133, 4_000_070_133]);
});

test("blocks that are too short, too long, or lead nowhere are refused", async () => {
  assert.throws(() => sums(Uint8Array.of(1, 0x80), 2, 1000), /ends before/);
  assert.throws(() => sums(Uint8Array.of(1), 2, 1000), /ends before/);
  assert.throws(() => sums(Uint8Array.of(5, 5), 2, 9), /beyond the end/);
  assert.throws(() => varints(new Uint8Array(20).fill(255), 2), /too long|ends before/);
  assert.throws(() => planes(Uint8Array.of(1, 2, 3), 2, 2), /ends before/);
  assert.throws(() => doubles(new Uint8Array(15), 2), /ends before/);
  assert.throws(() => codes(Uint8Array.of(0, 9), 2, 3), /not there/);
  const bomb = zlib.deflateRawSync(Buffer.alloc(20_000_000)).toString("base64");
  assert.ok(bomb.length < 40_000);
  await assert.rejects(block(bomb, 1000), /larger than its rows/);
  assert.equal((await block(bomb, 20_000_000)).length, 20_000_000);
});

test("rows at the end of an axis that is longer than numbers are exact", () => {
  const span = 1.8e19;
  const times = Float64Array.of(0, 5, span);
  const index = buildIndex(times, span, { lanes: Uint8Array.of(0, 1, 0), colors: null, laneCount: 2, colorCount: 1 }, null);
  assert.deepEqual([placeOf(index, times, 0, span * 1.01), placeOf(index, times, 1, 6) - placeOf(index, times, 1, 0)], [2, 1]);
  const many = buildIndex(Uint32Array.of(1), 9, { lanes: Uint16Array.of(60_000), colors: null, laneCount: 65_536, colorCount: 256 }, null);
  assert.ok(many.starts.length < 4e7, "many groups have few bins each");
});

test("the worker refuses rows of lanes that are not there", async () => {
  const made = rows({ times: [0, 1, 2], lanes: [{ name: "a" }, { name: "b" }], lane: { name: "l", sql: "l", codes: [0, 1, 1] } });
  const { time, lane } = made.blocks;
  const request = { rows: 3, span: 2, lanes: 2, colors: 1, time, lane, color: null, end: null, value: null };
  assert.deepEqual([...(await decode(request)).lanes], [0, 1, 1]);
  await assert.rejects(decode({ ...request, lanes: 1 }), /not there/);
  await assert.rejects(decode({ ...request, rows: 4 }), /ends before/);
});

test("texts in place have the values of the table behind them", async () => {
  const texts = ["hxxp://a[.]test", null, "plain", "hxxp://a[.]test"];
  const made = rows({
    times: [0, 1, 2, 3], chunk: 3,
    columns: [{ name: "u", sql: "u", texts, inPlace: true, raw: { "hxxp://a[.]test": "http://a.test" } }, { name: "v", sql: "v", texts: ["1", "2", "3", "4"] }],
  });
  const details = new Details(made.data, blocksOf(made.blocks));
  const link = { shown: "hxxp://a[.]test", raw: "http://a.test" };
  const plain = (shown) => ({ shown, raw: null });
  assert.deepEqual(await details.rows([0, 1, 2, 3]), [[link, plain("1")], [null, plain("2")], [plain("plain"), plain("3")], [link, plain("4")]]);
  const { codes: found, cells } = await details.column(0);
  assert.deepEqual([[...found], cells], [[1, 0, 2, 1], [null, link, plain("plain")]]);
  const mask = new Uint8Array(4);
  await details.mark([0], (cell) => cell?.raw === "http://a.test", mask, () => true);
  assert.deepEqual([...mask], [1, 0, 0, 1]);
});

test("chunks of rows: as many bytes as their rows have, and none is kept for ever", async () => {
  const times = Array.from({ length: 40 }, (_, at) => at);
  const made = rows({ times, chunk: 10, columns: [{ name: "u", sql: "u", texts: times.map((at) => `u${at}`) }] });
  const asked = [];
  const details = new Details(made.data, blocksOf(made.blocks, asked));
  await details.rows([0, 1, 11, 0, 12]);
  assert.deepEqual(asked, ["dict", "d0", "d1"]);
  const bomb = new Details(made.data, blocksOf({ ...made.blocks, d2: zlib.deflateRawSync(Buffer.alloc(11)).toString("base64") }));
  await assert.rejects(bomb.rows([25]), /larger than its rows can be \(10 bytes\)/);
});

test("a cache holds so many bytes, however few or many things these are", async () => {
  const made = [];
  const cache = new ByteCache(100, (item) => item);
  const get = async (key, bytes, passing) => (await cache.get(key, async () => (made.push(key), bytes), passing), made.splice(0).length === 1);
  assert.deepEqual([await get("a", 40), await get("b", 40), await get("a"), await get("c", 40)], [true, true, false, true]);
  // The one that was asked for longest ago has gone.
  assert.deepEqual([await get("a"), await get("c"), await get("b", 40)], [false, false, true]);
  // What is larger than all is kept alone.
  assert.deepEqual([await get("large", 1000), await get("large"), await get("b", 40), await get("large", 1000)], [true, false, true, true]);
  for (let at = 0; at < 50; at++) await get(`small${at}`, 1);
  assert.deepEqual([await get("small0"), await get("small49")], [false, false]);
  // What passes takes nobody's place.
  await get("large", 1000);
  await get("d", 50);
  assert.deepEqual([await get("pass", 60, true), await get("pass", 60, true), await get("d"), await get("fits", 1, true), await get("fits", 1, true)], [true, true, false, true, false]);
  await assert.rejects(cache.get("e", () => Promise.reject(new Error("once"))), /once/);
  assert.equal(await get("e", 1), true, "what failed is asked for again");
});
