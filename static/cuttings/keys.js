// Single-key shortcuts: / goes to the search box, j and k go through the hits (from the page of one to that of the
// next), ? shows the search help; c is in cite.js and preview.js, x in picks.js. They do nothing in a field, and people can turn them
// off on the help page (WCAG 2.2, 2.1.4).

const STORAGE_KEY = "cuttings-keys";
const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";

function shortcutsAreOn() {
  try {
    return localStorage.getItem(STORAGE_KEY) !== "off";
  } catch {
    return true;
  }
}

// Whether a key that was pressed may act as a shortcut.
export function isShortcut(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.target.closest(FIELDS) || document.querySelector("dialog[open]")) return false;
  return shortcutsAreOn();
}

function focusSearchBox() {
  const box = document.getElementById("q");
  box?.focus();
  box?.select();
}

// On a page that was opened from a result, the next hit is another page.
function openHit(offset) {
  document.querySelector(`.visit a[rel=${offset > 0 ? "next" : "prev"}]`)?.click();
}

function focusHit(offset) {
  const links = [...document.querySelectorAll(".hit h2 a")];
  if (!links.length) return openHit(offset);
  const currentHit = document.activeElement?.closest(".hit");
  const index = links.findIndex((link) => currentHit?.contains(link));
  if (index === -1 && offset < 0) return;
  const link = links[Math.min(Math.max(index + offset, 0), links.length - 1)];
  link.focus({ preventScroll: true });
  link.closest(".hit").scrollIntoView({ block: "nearest" });
}

// Returns the content of the help page, or null if it cannot be loaded.
async function fetchGuide(url) {
  try {
    const response = await fetch(url);
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".guide");
  } catch {
    return null;
  }
}

let isFetchingGuide = false;

async function showHelp() {
  const panel = document.getElementById("panel");
  const link = document.querySelector("a[data-help]");
  if (isFetchingGuide || !panel || !link || document.querySelector("main .guide")) return;
  const focusedBefore = document.activeElement;
  isFetchingGuide = true;
  const guide = await fetchGuide(link.href);
  isFetchingGuide = false;
  // People who moved on in the meantime, to a field or to another panel, are not interrupted.
  if (document.activeElement !== focusedBefore || panel.open) return;
  if (!guide) return location.assign(link.href);
  document.getElementById("panel-body").replaceChildren(guide);
  panel.setAttribute("aria-label", "Search help");
  setUpCheckbox(guide);
  panel.showModal();
}

function setUpCheckbox(root) {
  const checkbox = root.querySelector("#single-keys");
  if (!checkbox) return;
  checkbox.closest("[hidden]")?.removeAttribute("hidden");
  checkbox.checked = shortcutsAreOn();
  checkbox.addEventListener("change", () => {
    try {
      localStorage.setItem(STORAGE_KEY, checkbox.checked ? "on" : "off");
    } catch {
      // Without storage the choice cannot be kept.
    }
  });
}

const SHORTCUTS = {
  "/": focusSearchBox,
  j: () => focusHit(1),
  k: () => focusHit(-1),
  "?": showHelp,
};

document.addEventListener("keydown", (event) => {
  const act = SHORTCUTS[event.key];
  if (!act || !isShortcut(event)) return;
  event.preventDefault();
  act();
});

setUpCheckbox(document);
