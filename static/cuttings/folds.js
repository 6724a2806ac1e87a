// Keeps what a reader folded and unfolded: going back to the page, or loading it again, shows it as it was. Opens what
// is folded around the target of the address. Without this module the browser folds and unfolds, and forgets.

const folds = [...document.querySelectorAll("main details[id]")];

// The state of this entry of the browser's history: ids of details, each with whether it is open.
function remember(details) {
  const state = { ...history.state, folds: { ...history.state?.folds, [details.id]: details.open } };
  history.replaceState(state, "");
}

function restore() {
  for (const [id, isOpen] of Object.entries(history.state?.folds ?? {})) {
    const details = document.getElementById(id);
    if (details instanceof HTMLDetailsElement) details.open = isOpen;
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

restore();
// A page that is shown again keeps its place; only a new address asks for its target.
if (performance.getEntriesByType("navigation")[0]?.type === "navigate") revealTarget();
addEventListener("hashchange", revealTarget);
for (const details of folds) details.addEventListener("toggle", () => remember(details));
