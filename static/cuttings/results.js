// What htmx leaves to do when the results are swapped: the box and the feed follow the address, the focus stays where
// it was or goes to the count, and the count is said. Whoever types on while an answer is under way keeps letters and
// focus. Without this module every link loads its page.

const main = document.getElementById("main");
const box = document.getElementById("q");
const panel = document.getElementById("panel");
const panelBody = document.getElementById("panel-body");
const said = document.getElementById("said");

let key = "";
// What stood in the box when the answer under way was asked for.
let asked = box.value;
// htmx tells of each element that it settled; one swap is one.
let settled = null;

const isTyping = () => document.activeElement === box && box.value !== asked;

function follow({ typing = false } = {}) {
  const state = main.querySelector("[data-q]");
  if (!state) return;
  if (!typing) box.value = state.dataset.q;
  document.querySelector("link[rel=alternate]")?.setAttribute("href", state.dataset.feed);
}

function focusAgain({ typing }) {
  const count = document.getElementById("count");
  const kept = key && [...main.querySelectorAll("[data-key]")].find((link) => link.dataset.key === key);
  key = "";
  if (kept || typing) {
    if (!typing) kept.focus({ preventScroll: true });
    said.textContent = count ? count.textContent.trim() : "";
  } else {
    // A heading that is focused is read; saying it as well would say it twice.
    count?.focus({ preventScroll: true });
  }
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target === main) {
    asked = box.value;
    key = event.detail.elt.closest("[data-key]")?.dataset.key ?? "";
    said.textContent = "";
    main.setAttribute("aria-busy", "true");
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.target === main) main.removeAttribute("aria-busy");
});

document.addEventListener("htmx:afterSettle", (event) => {
  const { target, xhr } = event.detail;
  if (xhr && xhr === settled) return;
  settled = xhr;
  if (target === main) {
    const typing = isTyping();
    panel.close();
    follow({ typing });
    focusAgain({ typing });
  } else if (target === panelBody) {
    panel.setAttribute("aria-label", panelBody.querySelector("h1")?.textContent ?? "Panel");
    if (!panel.open) panel.showModal();
    (panelBody.querySelector("input[type=search]") ?? panel).focus();
  }
});

// The rest of an article's sections opened in place: the focus goes to the first of them.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = event.detail;
  if (!target.matches?.(".rest") || document.activeElement === box) return;
  target.previousElementSibling?.setAttribute("data-before", "");
});
document.addEventListener("htmx:load", () => {
  const before = document.querySelector("[data-before]");
  before?.removeAttribute("data-before");
  before?.nextElementSibling?.querySelector("a")?.focus({ preventScroll: true });
});

// An answer that is under way would take the place of the page that one goes back to.
addEventListener("popstate", (event) => {
  if (event.state?.htmx) htmx.trigger(main, "htmx:abort");
});
document.addEventListener("htmx:historyRestore", () => {
  follow();
  document.getElementById("took").textContent = "";
});
document.addEventListener("htmx:beforeHistorySave", () => {
  panel.close();
});

// What cannot be swapped in is loaded as a page, which says what is wrong.
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, (event) => {
    const path = event.detail.pathInfo?.finalRequestPath;
    if (path) location.assign(path);
  });
}

// A click beside the panel closes it.
panel.addEventListener("click", (event) => {
  if (event.target === panel) panel.close();
});
