// The page of exports, alone or as a panel over the results: says what changed, and copies the address of the file.
// Without this module people press Update, and select the address.

import { setUpCopying } from "./copy.js";

// A part that appears is not read by screen readers; a text that changes in a status is.
function announce() {
  const status = document.getElementById("export-status");
  const line = document.querySelector(".export-outcome .coming");
  if (status && line) status.textContent = line.textContent;
}

function setUpAddress() {
  const kept = document.getElementById("export-kept");
  if (kept?.querySelector(".copy[hidden]")) setUpCopying(kept);
}

document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  setUpAddress();
  if (elt.matches?.(".export-outcome")) announce();
});
