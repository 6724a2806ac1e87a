// Opens citations in place: a link with `data-cite` shows the citations of its page in the panel. Without this module,
// or where they cannot be loaded, the link leads to that page.

import { setUpCopying } from "./copy.js";
import { isShortcut } from "./keys.js";

let isFetching = false;

// Returns the citations on a page, or null if they cannot be loaded.
async function fetchCitations(url) {
  try {
    const response = await fetch(url);
    if (!response.ok || response.redirected) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".citations");
  } catch {
    return null;
  }
}

export async function openCitations(url, opener = document.activeElement) {
  const panel = document.getElementById("panel");
  if (isFetching || !panel) return;
  isFetching = true;
  const citations = await fetchCitations(url);
  isFetching = false;
  if (!citations) return location.assign(url);
  const heading = citations.querySelector("h2");
  heading.tabIndex = -1;
  document.getElementById("panel-body").replaceChildren(citations);
  panel.setAttribute("aria-label", opener?.getAttribute("aria-label") ?? "Cite");
  setUpCopying(citations);
  panel.showModal();
  heading.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-cite]");
  const isOrdinary = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !isOrdinary || event.defaultPrevented) return;
  event.preventDefault();
  openCitations(link.href, link);
});

// The column beside results has a section of its own to cite, see preview.js.
document.addEventListener("keydown", (event) => {
  if (event.key !== "c" || !isShortcut(event)) return;
  const link = document.querySelector("main a[data-cite]:not(.preview a)");
  if (!link) return;
  event.preventDefault();
  openCitations(link.href, link);
});

const panel = document.getElementById("panel");
panel?.addEventListener("click", (event) => {
  if (event.target === panel) panel.close();
});
