// Takes pictures: `node tests/shoot.mjs <page.html> <out.png> [dark|light] [width] [height] [script]`.
import { chromium } from "playwright-core";
import path from "node:path";
const [, , file, out, scheme = "light", width = "1400", height = "900", script] = process.argv;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: +width, height: +height }, colorScheme: scheme });
  page.on("console", (m) => console.log("console", m.type(), m.text().slice(0, 300)));
  page.on("pageerror", (e) => console.log("error", String(e.stack).slice(0, 600)));
  await page.goto(`file://${path.resolve(file)}`);
  await page.waitForTimeout(900);
  if (script) await new Function("page", `return (async () => { ${script} })()`)(page);
  await page.screenshot({ path: out, fullPage: process.env.FULL === "1" });
} finally {
  await browser.close();
}
