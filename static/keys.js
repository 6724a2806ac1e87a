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
  next.focus({preventScroll: true});
  next.closest(".hit").scrollIntoView({block: "nearest"});
}

async function showHelp() {
  const panel = document.getElementById("panel");
  const link = document.querySelector("a[data-help]");
  if (!panel || !link || document.querySelector("main .guide")) return;
  const response = await fetch(link.href);
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const guide = page.querySelector(".guide");
  if (!guide) return;
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
