// Opens a file in Firefox, does what its second argument lists, and prints what was seen as JSON.
// node tests/browser/firefox.mjs PAGE ACTS, from the folder js, whose modules it uses.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const puppeteer = (await import(createRequire(`${process.cwd()}/`).resolve("puppeteer-core"))).default;
const [, , file, acts] = process.argv;
const PATIENCE = { timeout: 60_000 };

const browser = await puppeteer.launch({ browser: "firefox", executablePath: process.env.GLM_MAGIC_FIREFOX, headless: true });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1000, height: 900 });
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(pathToFileURL(file).href);
  const framed = await page.$("iframe.glm-frame");
  const frame = framed === null ? page.mainFrame() : await framed.contentFrame();
  await frame.waitForSelector(".glm-panel", PATIENCE);

  const seen = [];
  for (const [act, ...given] of JSON.parse(acts)) {
    if (act === "tab") await (await frame.waitForSelector(`[role=tab][data-title="${given[0]}"]`, PATIENCE)).click();
    if (act === "type") {
      const field = await frame.waitForSelector(`[aria-label="${given[0]}"]`, PATIENCE);
      await field.evaluate((input) => input.select());
      await field.type(given[1]);
      await field.press("Enter");
    }
    if (act === "press") await (await frame.waitForSelector(`[aria-label="${given[0]}"]`, PATIENCE)).press(given[1]);
    if (act === "click") await frame.evaluate((name) => [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name).click(), given[0]);
    if (act === "until") await frame.waitForFunction((selector, text) => document.querySelector(selector)?.textContent.includes(text), PATIENCE, ...given);
    if (act === "text") seen.push(await frame.$eval(given[0], ({ innerText }) => innerText));
  }
  console.log(JSON.stringify({ seen, errors }));
} finally {
  await browser.close();
}
