// Shows how far long work is, as long as it goes on: asks for the page again and takes over its panels.

const INTERVAL_MS = 2000;

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const shown of document.querySelectorAll(".panel")) {
    const heading = shown.getAttribute("aria-labelledby");
    const now = page.querySelector(`.panel[aria-labelledby="${heading}"]`);
    // Whoever is about to press a button keeps it.
    if (!now || shown.contains(document.activeElement)) continue;
    if (shown.innerHTML !== now.innerHTML) shown.replaceChildren(...now.childNodes);
  }
}

async function follow() {
  try {
    if (!document.hidden) await look();
  } catch {
    // The server is away for a moment; the next look says so, or not.
  }
  if (document.querySelector("[data-open]")) setTimeout(follow, INTERVAL_MS);
}

setTimeout(follow, INTERVAL_MS);
