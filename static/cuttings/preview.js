// On wide screens a column beside the results reads the chosen section: that of the hit which has the focus, or which was
// clicked beside its links. Without this module, and on narrower screens, the results use the whole width.

import { openCitations } from "./cite.js";
import { isShortcut } from "./keys.js";

// Room for filters, rows and lines of 60 letters.
const WIDE = matchMedia("(min-width: 93.75rem)");
// People who hold j pass over hits faster than this: only the one they stop at is loaded.
const DELAY_MS = 90;
const MAX_CACHED = 40;
const HIT_LINKS = ".hit h2 a[data-section]";
const SECTION_LINKS = ".hit a[data-section]";

const main = document.getElementById("main");
// What was read lately, by its address, the last one last.
const cache = new Map();
let column = null;
let chosen = null; // The link of the chosen section.
let request = null;
let timer = 0;

// --- addresses ---

function addressOf(link, end = "") {
  const { sectionUrl } = main.querySelector("[data-section-url]").dataset;
  const parameters = new URL(link.href).search;
  return sectionUrl.replace(/\/0\/$/, `/${link.dataset.section}/${end}`) + parameters;
}

// --- the column ---

function createColumn() {
  const aside = document.createElement("aside");
  aside.id = "preview";
  aside.className = "preview";
  aside.setAttribute("aria-label", "Chosen section");
  aside.innerHTML = `
    <div class="preview-head">
      <p class="preview-place"></p>
      <button type="button" class="quiet" value="-1" aria-label="Previous result" title="Previous result (k)">‹</button>
      <button type="button" class="quiet" value="1" aria-label="Next result" title="Next result (j)">›</button>
    </div>
    <div class="preview-body" tabindex="0" role="group" aria-label="Text of the chosen section"></div>`;
  aside.querySelector(".preview-head").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) step(Number(button.value));
  });
  return aside;
}

const hitLinks = () => [...main.querySelectorAll(HIT_LINKS)];
const indexOf = (link) => hitLinks().findIndex((other) => other.closest(".hit") === link.closest(".hit"));

function step(offset) {
  const links = hitLinks();
  const link = links[indexOf(chosen) + offset];
  if (!link) return;
  choose(link, { now: true });
  link.closest(".hit").scrollIntoView({ block: "nearest" });
}

function showPlace() {
  const { total, unit } = main.querySelector("[data-section-url]").dataset;
  const number = main.querySelector("ol.hits").start + indexOf(chosen);
  const count = Number(total).toLocaleString("en-GB");
  column.querySelector(".preview-place").textContent =
    `${number.toLocaleString("en-GB")} of ${count} ${unit}${total === "1" ? "" : "s"}`;
  const [previous, next] = column.querySelectorAll(".preview-head button");
  const index = indexOf(chosen);
  // A disabled button would lose the focus.
  previous.setAttribute("aria-disabled", String(index === 0));
  next.setAttribute("aria-disabled", String(index === hitLinks().length - 1));
}

function fill(html) {
  const body = column.querySelector(".preview-body");
  body.innerHTML = html;
  body.scrollTop = 0;
  const mark = body.querySelector("mark");
  if (!mark) return;
  const below = mark.getBoundingClientRect().top - body.getBoundingClientRect().top;
  if (below > body.clientHeight * 0.8) body.scrollTop = below - body.clientHeight / 3;
}

// --- loading ---

function remember(address, html) {
  cache.delete(address);
  cache.set(address, html);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value);
}

async function fetchSection(address, signal) {
  const response = await fetch(address, { signal, headers: { "HX-Request": "true" } });
  // A redirect leads to the page of a sign-in.
  if (!response.ok || response.redirected || response.headers.has("HX-Redirect")) throw new Error(response.status);
  return response.text();
}

async function load(link) {
  const address = addressOf(link);
  let html = cache.get(address);
  if (html === undefined) {
    request = new AbortController();
    const { signal } = request;
    column.setAttribute("aria-busy", "true");
    try {
      html = await fetchSection(address, signal);
      remember(address, html);
    } catch {
      // A later choice aborted the request.
      if (signal.aborted) return;
      html = '<p class="note">This section cannot be shown here. Open it to read it.</p>';
    }
  } else {
    remember(address, html);
  }
  if (link !== chosen || !column?.isConnected) return;
  column.removeAttribute("aria-busy");
  fill(html);
}

function choose(link, { now = false } = {}) {
  if (!column || link === chosen) return;
  chosen = link;
  for (const hit of main.querySelectorAll(".hit[data-chosen]")) delete hit.dataset.chosen;
  link.closest(".hit").dataset.chosen = "";
  showPlace();
  request?.abort();
  clearTimeout(timer);
  if (now || cache.has(addressOf(link))) load(link);
  else timer = setTimeout(load, DELAY_MS, link);
}

// --- where and when ---

function takeAway() {
  request?.abort();
  clearTimeout(timer);
  document.getElementById("preview")?.remove();
  for (const hit of main.querySelectorAll(".hit[data-chosen]")) delete hit.dataset.chosen;
  main.querySelector(".results")?.classList.remove("with-preview");
  column = chosen = null;
}

function setUp() {
  const results = main.querySelector(".results");
  const first = results?.querySelector(HIT_LINKS);
  if (!WIDE.matches || !first) return takeAway();
  if (column?.isConnected) return;
  takeAway();
  column = createColumn();
  results.classList.add("with-preview");
  results.append(column);
  choose(document.activeElement?.closest?.(SECTION_LINKS) ?? first, { now: true });
}

main.addEventListener("focusin", (event) => {
  const link = event.target.closest(SECTION_LINKS);
  if (link) choose(link);
});

main.addEventListener("click", (event) => {
  if (event.target.closest("a, button, input, summary") || !getSelection().isCollapsed) return;
  const link = event.target.closest(".hit")?.querySelector("h2 a[data-section]");
  if (link) choose(link, { now: true });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "c" || !isShortcut(event)) return;
  const focused = document.activeElement?.closest?.(".hit")?.querySelector(SECTION_LINKS);
  const link = column ? chosen : focused;
  if (!link) return;
  event.preventDefault();
  openCitations(addressOf(link, "cite/"));
});

WIDE.addEventListener("change", setUp);
document.addEventListener("htmx:afterSettle", setUp);
document.addEventListener("htmx:historyRestore", setUp);
// The history keeps a copy of the page, which sets the column up by itself.
document.addEventListener("htmx:beforeHistorySave", takeAway);
setUp();
