// Completes what htmx does when it swaps in new results: updates the search box and the feed link, keeps or moves the
// focus, and announces the number of hits. People who keep typing during a request lose neither letters nor focus.
// Without this module every link loads a page.

import { box, setText } from "./search_box.js";

const main = document.getElementById("main");
const panel = document.getElementById("panel");
const panelBody = document.getElementById("panel-body");
const announcement = document.getElementById("announcement");

// The `data-key` of the link that started the request; empty for the search form.
let focusKey = "";
// The text in the search box when the request was sent.
let textAtRequest = box.value;
// htmx reports each element of a swap; only the first report of a request counts.
let lastRequest = null;

const isTyping = () => document.activeElement === box && box.value !== textAtRequest;

function followResults({ keepText = false } = {}) {
  const results = main.querySelector("[data-q]");
  if (!results) return;
  if (!keepText) setText(results.dataset.q);
  document.querySelector("link[rel=alternate]")?.setAttribute("href", results.dataset.feed);
}

function restoreFocus({ keepText }) {
  const count = document.getElementById("count");
  const link = focusKey && [...main.querySelectorAll("[data-key]")].find((other) => other.dataset.key === focusKey);
  focusKey = "";
  if (link || keepText) {
    // The choices of a closed menu cannot have the focus; the menu shares their key.
    if (!keepText) link.focus({ preventScroll: true });
    announcement.textContent = count ? count.textContent.trim() : "";
  } else {
    // Screen readers read the heading when it gets the focus; an announcement would repeat it.
    count?.focus({ preventScroll: true });
  }
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target !== main) return;
  textAtRequest = box.value;
  focusKey = event.detail.elt.closest("[data-key]")?.dataset.key ?? "";
  announcement.textContent = "";
  main.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.target === main) main.removeAttribute("aria-busy");
});

document.addEventListener("htmx:afterSettle", (event) => {
  const { target, xhr } = event.detail;
  if (xhr && xhr === lastRequest) return;
  lastRequest = xhr;
  if (target === main) {
    const keepText = isTyping();
    panel.close();
    followResults({ keepText });
    restoreFocus({ keepText });
  } else if (target === panelBody) {
    panel.setAttribute("aria-label", panelBody.querySelector("h1")?.textContent ?? "Panel");
    if (!panel.open) panel.showModal();
    (panelBody.querySelector("input[type=search]") ?? panel).focus();
  }
});

// When more sections of an article open in place, the first of them gets the focus; not when they open again.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (!target.matches?.(".more") || document.activeElement === box || !requestConfig?.triggeringEvent) return;
  target.previousElementSibling?.setAttribute("data-focus-next", "");
});
document.addEventListener("htmx:load", () => {
  const entry = document.querySelector("[data-focus-next]");
  entry?.removeAttribute("data-focus-next");
  entry?.nextElementSibling?.querySelector("a")?.focus({ preventScroll: true });
});

// A pending request would replace the page that people go back to.
addEventListener("popstate", (event) => {
  if (event.state?.htmx) htmx.trigger(main, "htmx:abort");
});
document.addEventListener("htmx:historyRestore", () => {
  followResults();
  document.getElementById("answer-time").textContent = "";
});
document.addEventListener("htmx:beforeHistorySave", () => {
  panel.close();
});

// If an answer cannot be swapped in, the browser loads it as a page, which shows the error.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, (event) => {
    const path = event.detail.pathInfo?.finalRequestPath;
    if (path) location.assign(path);
  });
}

// A click on the backdrop closes the panel.
panel.addEventListener("click", (event) => {
  if (event.target === panel) panel.close();
});
