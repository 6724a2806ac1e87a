// Reading an article: n and p, and the two links of the toolbar, step through what the search matches; the rail shows
// where one is. Without this the links lead to the first and last match, and each match to the next.

const bar = document.getElementById("matches");
const marks = [...document.querySelectorAll("mark[id]")];
const rail = document.getElementById("rail");

function singleKeys() {
  try {
    return localStorage.getItem("cuttings-keys") !== "off";
  } catch {
    return true;
  }
}

if (bar && marks.length) {
  document.documentElement.classList.add("scripted");
  const output = bar.querySelector("output");
  const total = Number(bar.dataset.total).toLocaleString("en-GB");
  const [previous, next] = bar.querySelectorAll("a");
  let current = 0; // The match one is at, from 1; between two matches, the earlier one.
  let onMatch = false;

  const settle = () => {
    const target = document.getElementById(location.hash.slice(1));
    onMatch = marks.includes(target);
    if (onMatch) current = marks.indexOf(target) + 1;
    else if (target) current = marks.filter((mark) => mark.compareDocumentPosition(target) & 4 /* follows */).length;
    if (onMatch) output.textContent = `${current} of ${total}`;
  };

  const step = (by) => {
    const last = marks.length;
    const to = by > 0 ? (current % last) + 1 : (onMatch ? current - 1 : current) || last;
    const focused = document.activeElement;
    // Replaced, so that one step back in the history leads to the results and not to the match before.
    location.replace(`#m${to}`);
    settle();
    if (focused && bar.contains(focused)) focused.focus({ preventScroll: true });
  };

  previous.addEventListener("click", (event) => (event.preventDefault(), step(-1)));
  next.addEventListener("click", (event) => (event.preventDefault(), step(1)));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !singleKeys()) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
    if (event.key === "n" || event.key === "p") {
      event.preventDefault();
      step(event.key === "n" ? 1 : -1);
    }
  });
  addEventListener("hashchange", settle);
  settle();
}

if (rail) {
  const links = new Map([...rail.querySelectorAll("li a")].map((link) => [link.hash.slice(1), link]));
  let here;
  let arrived; // Where the page stood when an address had led there.

  const enter = (link) => {
    if (link === here) return;
    here?.removeAttribute("aria-current");
    here = link;
    here.setAttribute("aria-current", "true");
    const { top, bottom } = here.getBoundingClientRect();
    const box = rail.getBoundingClientRect();
    if (top < box.top || bottom > box.bottom) rail.scrollTop += top - box.top - box.height / 3;
  };

  const sections = [...document.querySelectorAll("section.section")].filter((section) => links.has(section.id));

  // The last section that begins above a third of the window; sections lie below each other, so halving finds it.
  const find = () => {
    let [low, high] = [0, sections.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (sections[middle].getBoundingClientRect().top <= innerHeight / 3) low = middle;
      else high = middle - 1;
    }
    return sections[low];
  };

  let waiting = false;
  const follow = () => {
    waiting = false;
    if (scrollY !== arrived) enter(links.get(find().id));
  };
  addEventListener(
    "scroll",
    () => {
      if (!waiting) requestAnimationFrame(follow);
      waiting = true;
    },
    { passive: true },
  );
  // Where an address leads is where one is, however short that section is.
  const arrive = () => {
    const target = document.getElementById(location.hash.slice(1))?.closest("section.section");
    if (!target || !links.has(target.id)) return;
    arrived = scrollY;
    enter(links.get(target.id));
  };
  addEventListener("hashchange", arrive);
  addEventListener("load", arrive);
  // On a phone the rail lies over the page.
  rail.addEventListener("click", (event) => {
    if (event.target.closest("a") && rail.matches(":popover-open")) rail.hidePopover();
  });
}
