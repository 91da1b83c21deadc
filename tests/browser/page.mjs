// The page in headless Chromium, from file:// and without a network.
// Usage: node page.mjs REPORT.html FOLDER-FOR-SCREENSHOTS
import { createRequire } from "node:module";
import { readFileSync, mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, folder] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const faults = [];
const hold = (fact, what) => { if (!fact) faults.push(what); };
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ acceptDownloads: true, offline: true });
const page = await context.newPage();
page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
page.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) faults.push(`network: ${request.url()}`); });
await page.goto(pathToFileURL(resolve(report)).href);

for (const width of [375, 768, 1440]) {
  await page.setViewportSize({ width, height: 900 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  hold(over <= 0, `at ${width} pixels the page is ${over} pixels too wide`);
  await page.screenshot({ path: `${folder}/top-${width}.png` });
  await page.locator("#explore").screenshot({ path: `${folder}/explore-${width}.png` });
  await page.screenshot({ path: `${folder}/page-${width}.png`, fullPage: true });
}

await page.evaluate(axe);
const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
for (const own of found.violations) {
  const line = `axe ${own.impact}: ${own.id}: ${own.help} (${own.nodes.length}: ${own.nodes[0].target.join(" ")})`;
  if (["serious", "critical"].includes(own.impact)) faults.push(line);
  else console.log(line);
}

// By keyboard alone: pick a domain, sort by value both ways.
const rows = () => page.locator("#explore-table tbody tr").evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
const before = (await rows()).length;
hold(before > 3, "the table has rows");
const sorted = async (sort) => {
  await page.locator('#explore-table [data-column="v"]').focus();
  await page.keyboard.press("Enter");
  hold((await page.locator('#explore-table th[aria-sort="' + sort + '"]').count()) === 1, `sorted ${sort}`);
  hold(await page.evaluate(() => document.activeElement.dataset.column === "v"), "the focus stays on the heading");
  return (await rows()).map((row) => row[1]).filter((text) => /\d/.test(text)).map((text) => Number(text.replace(/[^\d,.]/g, "").replace(",", ".")));
};
const up = await sorted("ascending");
hold(up.every((value, at) => at === 0 || up[at - 1] <= value), `ascending: ${up}`);
const down = await sorted("descending");
hold(down.every((value, at) => at === 0 || down[at - 1] >= value), `descending: ${down}`);
await page.locator("#explore-item").focus();
await page.keyboard.press("ArrowDown");
hold((await page.locator("#explore-group").isDisabled()) && (await page.locator("#explore-said").textContent()).length > 10, "a domain shows its groups and is announced");
await page.locator("#explore").screenshot({ path: `${folder}/explore-domain.png` });

const [file] = await Promise.all([page.waitForEvent("download"), page.locator("#explore-download").click()]);
const text = readFileSync(await file.path(), "utf8");
hold(text.startsWith("\ufeff") && text.trim().split("\r\n").length === (await rows()).length + 1, "the file holds the table");
hold(/\.csv$/.test(file.suggestedFilename()), file.suggestedFilename());

await page.emulateMedia({ media: "print" });
hold(!(await page.locator("#explore-form").isVisible()), "controls are not printed");
await page.pdf({ path: `${folder}/print.pdf`, format: "A4" });
await browser.close();

const quiet = await (await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] })).newContext({ javaScriptEnabled: false });
const still = await quiet.newPage();
await still.goto(pathToFileURL(resolve(report)).href);
hold(!(await still.locator("#explore-form").isVisible()), "without JavaScript there is no form that does nothing");
await quiet.browser().close();

writeFileSync(`${folder}/faults.txt`, faults.join("\n"));
if (faults.length) { console.error(faults.join("\n")); process.exit(1); }
console.log(`sound: ${report}`);
