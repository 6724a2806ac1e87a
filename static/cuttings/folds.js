// Keeps what a reader folded, unfolded and opened in place: going back to the page, or loading it again, shows it as it
// was. Opens what is folded around the target of the address. Without this module the browser folds, and forgets.

// The entry of the browser's history has `folds`, ids of details with whether they are open, and `more`, the addresses
// of what was opened in place.
function remember(change) {
  history.replaceState({ ...history.state, ...change }, "");
}

function restoreFolds() {
  for (const [id, isOpen] of Object.entries(history.state?.folds ?? {})) {
    const details = document.getElementById(id);
    if (details instanceof HTMLDetailsElement) details.open = isOpen;
  }
}

function restoreMore() {
  const links = [...document.querySelectorAll(".more a")];
  for (const address of history.state?.more ?? []) {
    const target = links.find((link) => link.getAttribute("href") === address)?.closest(".more");
    if (target) htmx.ajax("GET", address, { source: target, target, swap: "outerHTML" });
  }
}

function revealTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  let isRevealed = false;
  for (let details = target?.closest("details"); details; details = details.parentElement.closest("details")) {
    isRevealed ||= !details.open;
    details.open = true;
  }
  if (isRevealed) target.scrollIntoView();
}

restoreFolds();
// A page that is shown again keeps its place; only a new address asks for its target.
if (performance.getEntriesByType("navigation")[0]?.type === "navigate") revealTarget();
else addEventListener("load", restoreMore);
addEventListener("hashchange", revealTarget);
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.id && target.closest("main"))
      remember({ folds: { ...history.state?.folds, [target.id]: target.open } });
  },
  true,
);
document.addEventListener("htmx:beforeSwap", ({ detail: { target, shouldSwap } }) => {
  const address = target.matches?.(".more") && target.querySelector("a")?.getAttribute("href");
  if (shouldSwap && address) remember({ more: [...new Set([...(history.state?.more ?? []), address])] });
});
