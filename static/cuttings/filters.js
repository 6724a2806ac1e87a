// The filters beside the results: remembers which sections are closed, keeps the place that the column was scrolled to,
// and keeps the sheet of a narrow screen open while people choose. Without this module every section is open after a
// choice, and the sheet is closed.

const STORAGE_KEY = "cuttings-closed-filters";

function loadClosed() {
  try {
    const names = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "[]");
    return new Set(Array.isArray(names) ? names : []);
  } catch {
    return new Set();
  }
}

function storeClosed(closed) {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify([...closed]));
  } catch {
    // Without storage the choice lasts until the next search.
  }
}

const closed = loadClosed();
const column = () => document.getElementById("filters");

function closeSections() {
  for (const section of document.querySelectorAll(".facet[data-facet]")) {
    section.open = !closed.has(section.dataset.facet);
  }
}

// The event does not bubble.
document.addEventListener(
  "toggle",
  (event) => {
    const name = event.target.dataset?.facet;
    if (!name) return;
    if (event.target.open) closed.delete(name);
    else closed.add(name);
    storeClosed(closed);
  },
  { capture: true },
);

let scrollTop = 0;
let isSheet = false;
document.addEventListener("htmx:beforeSwap", () => {
  scrollTop = column()?.scrollTop ?? 0;
  isSheet = column()?.matches(":popover-open") ?? false;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "main" || !column()) return;
  closeSections();
  if (isSheet) column().showPopover();
  column().scrollTop = scrollTop;
});
document.addEventListener("htmx:historyRestore", closeSections);

closeSections();
