// Single keys: / to the box, j and k through the hits, ? for help. They work outside of fields alone, and can be turned
// off on the help page (WCAG 2.2, 2.1.4).

const STORED = "cuttings-keys";

function areOn() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

function step(by) {
  const hits = [...document.querySelectorAll(".hit h2 a")];
  if (!hits.length) return;
  const here = document.activeElement?.closest(".hit");
  const at = here ? hits.findIndex((link) => here.contains(link)) : -1;
  const next = hits[at === -1 && by < 0 ? -1 : Math.min(Math.max(at + by, 0), hits.length - 1)];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.closest(".hit").scrollIntoView({ block: "nearest" });
}

// Returns what the help page says; null where it cannot be had.
async function fetchGuide(address) {
  try {
    const response = await fetch(address);
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".guide");
  } catch {
    return null;
  }
}

let fetching = false;

async function showHelp() {
  const panel = document.getElementById("panel");
  const link = document.querySelector("a[data-help]");
  if (fetching || !panel || !link || document.querySelector("main .guide")) return;
  const before = document.activeElement;
  fetching = true;
  const guide = await fetchGuide(link.href);
  fetching = false;
  // Whoever has gone on meanwhile, to a field or another panel, is not called back.
  if (document.activeElement !== before || panel.open) return;
  if (!guide) return location.assign(link.href);
  document.getElementById("panel-body").replaceChildren(guide);
  panel.setAttribute("aria-label", "Help");
  setUp(guide);
  panel.showModal();
}

const KEYS = {
  "/": () => {
    const box = document.getElementById("q");
    box?.focus();
    box?.select();
  },
  j: () => step(1),
  k: () => step(-1),
  "?": showHelp,
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const act = KEYS[event.key];
  if (!act || !areOn() || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  act();
});

function setUp(root) {
  const box = root.querySelector("#single-keys");
  if (!box) return;
  box.closest("[hidden]")?.removeAttribute("hidden");
  box.checked = areOn();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(STORED, box.checked ? "on" : "off");
    } catch {
      // No storage: the keys stay as they are.
    }
  });
}

setUp(document);
