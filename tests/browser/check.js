// SPDX-License-Identifier: GPL-2.0-or-later
// Load NAME.html of this folder for each NAME: nothing may be reported on the console or requested,
// axe-core may find nothing, and the page may not be wider than the window. Take screenshots.
"use strict";

const fs = require("fs");
const path = require("path");
const puppeteer = require("puppeteer-core");

const AXE = require.resolve("axe-core/axe.min.js");
const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";
const HEIGHT_MAX = 16000; // of a screenshot

// How a page is looked at.
const VIEWS = [
  { name: "light", width: 1200, scheme: "light", media: "screen" },
  { name: "dark", width: 1200, scheme: "dark", media: "screen" },
  { name: "print", width: 718, scheme: "dark", media: "print" },
  { name: "narrow", width: 400, scheme: "light", media: "screen" },
];

let failures = 0;

function fail(page, view, what) {
  failures++;
  console.error(`${page}, ${view}: ${what}`);
}

async function open(tab, file, view) {
  await tab.setViewport({ width: view.width, height: 900 });
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: view.scheme }]);
  await tab.emulateMediaType(view.media);
  await tab.goto(`file://${file}`);
}

async function checkLayout(tab, name, view) {
  const width = await tab.evaluate(() => document.documentElement.scrollWidth);
  if (width > view.width)
    fail(name, view.name, `${width} pixels wide`);
  const filled = await tab.evaluate(() => [...document.querySelectorAll("rect:not(.m)")].every(
    (box) => getComputedStyle(box).fill !== "rgb(0, 0, 0)"));
  if (!filled)
    fail(name, view.name, "the style sheet was not used");
}

// The print style shows what is folded on a screen.
async function checkFolded(tab, name, view) {
  const hidden = await tab.evaluate(() => [...document.querySelectorAll("details td")].filter(
    (cell) => !cell.checkVisibility({ contentVisibilityAuto: true })).length);
  if (view.media === "print" && hidden)
    fail(name, view.name, `${hidden} cells are not printed`);
}

// Everything that can be folded, and every link, gets the focus.
async function checkKeyboard(tab, name, view) {
  const wanted = await tab.evaluate(() => [...document.querySelectorAll("summary, a, .t")].filter(
    (element) => element.checkVisibility()).length);
  const reached = await tab.evaluate(() => [...document.querySelectorAll("summary, a, .t")].filter(
    (element) => {
      element.focus();
      return document.activeElement === element && element.tabIndex >= 0;
    }).length);
  if (reached < wanted)
    fail(name, view.name, `the focus reaches ${reached} of ${wanted} elements`);
}

// The policy of the page would not let axe-core in, so it is lifted for it alone.
async function checkAxe(tab, file, name, view) {
  await tab.setBypassCSP(true);
  await open(tab, file, view);
  await tab.addScriptTag({ path: AXE });
  const found = await tab.evaluate(async () => {
    for (const folded of document.querySelectorAll("details"))
      folded.open = true;
    const result = await axe.run();
    return result.violations.map((rule) => `${rule.id}: ${rule.nodes[0].html.slice(0, 200)}`);
  });
  for (const finding of found)
    fail(name, view.name, finding);
  await tab.setBypassCSP(false);
}

async function checkPage(browser, name, view) {
  const file = path.join(__dirname, `${name}.html`);
  const tab = await browser.newPage();

  tab.on("console", (message) => fail(name, view.name, `console: ${message.text()}`));
  tab.on("pageerror", (error) => fail(name, view.name, `error: ${error.message}`));
  tab.on("request", (request) => {
    if (request.url().split("#")[0] !== `file://${file}`)
      fail(name, view.name, `requests ${request.url()}`);
  });
  await open(tab, file, view);
  await checkLayout(tab, name, view);
  await checkFolded(tab, name, view);
  await checkKeyboard(tab, name, view);
  const height = await tab.evaluate(() => document.documentElement.scrollHeight);
  await tab.screenshot({
    path: path.join(__dirname, `${name}-${view.name}.png`),
    captureBeyondViewport: true,
    clip: { x: 0, y: 0, width: view.width, height: Math.min(height, HEIGHT_MAX) },
  });
  await checkAxe(tab, file, name, view);
  await tab.close();
}

async function main(names) {
  // Root has no sandbox of its own; the pages are the program's.
  const browser = await puppeteer.launch({
    executablePath: CHROMIUM,
    args: process.getuid() ? [] : ["--no-sandbox"],
  });

  for (const name of names)
    for (const view of VIEWS)
      await checkPage(browser, name, view);
  await browser.close();
  if (!failures)
    console.log(`${names.length} pages in ${VIEWS.length} views: nothing found; see ` +
                `${fs.realpathSync(__dirname)}/*.png`);
  process.exit(failures ? 1 : 0);
}

main(process.argv.slice(2));
