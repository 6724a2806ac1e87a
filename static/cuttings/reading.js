// Reading an article: n and p, and the two links of the toolbar, step through the matches; the rail shows the current
// section. Without this module the links lead to the first and the last match, and each match to its neighbours.

import { isShortcut } from "./keys.js";

// An article with many sections is shown in parts. Links from before it had so many name the section alone: the server
// learns from the parameter which part has it. An entry that the filter leaves out is shown among all entries.
function openPartOfAddress() {
  const section = /^#s(\d+)$/.exec(location.hash)?.[1];
  if (!section || !document.querySelector(".parts, .found") || targetOfAddress()) return;
  const address = new URL(location.href);
  const isFiltered = address.searchParams.has("find") || address.searchParams.has("only");
  if (address.searchParams.get("section") === section && !isFiltered) return;
  for (const name of ["find", "only", "part"]) address.searchParams.delete(name);
  address.searchParams.set("section", section);
  location.replace(address);
}

function targetOfAddress() {
  return document.getElementById(location.hash.slice(1));
}

function setUpMatches(toolbar, marks) {
  document.documentElement.classList.add("scripted");
  const output = toolbar.querySelector("output");
  const total = Number(toolbar.dataset.total).toLocaleString("en-GB");
  const [previousLink, nextLink] = toolbar.querySelectorAll("a");
  let current = 0; // The number of the current match, from 1; between two matches, of the earlier one.
  let isOnMatch = false;

  function followAddress() {
    const target = targetOfAddress();
    isOnMatch = marks.includes(target);
    if (isOnMatch) {
      current = marks.indexOf(target) + 1;
      output.textContent = `${current} of ${total}`;
    } else if (target) {
      const isBefore = (mark) => mark.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING;
      current = marks.filter(isBefore).length;
    }
  }

  function goTo(number) {
    const focused = document.activeElement;
    // Replaces the address, so that going back leads to the results and not to the previous match.
    location.replace(`#m${number}`);
    followAddress();
    if (focused && toolbar.contains(focused)) focused.focus({ preventScroll: true });
  }

  const goToNext = () => goTo((current % marks.length) + 1);
  const goToPrevious = () => goTo((isOnMatch ? current - 1 : current) || marks.length);

  function handle(event, go) {
    event.preventDefault();
    go();
  }

  previousLink.addEventListener("click", (event) => handle(event, goToPrevious));
  nextLink.addEventListener("click", (event) => handle(event, goToNext));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "n" && event.key !== "p") return;
    if (isShortcut(event)) handle(event, event.key === "n" ? goToNext : goToPrevious);
  });
  addEventListener("hashchange", followAddress);
  followAddress();
}

function setUpRail(rail) {
  const links = new Map([...rail.querySelectorAll("li a")].map((link) => [link.hash.slice(1), link]));
  const sections = [...document.querySelectorAll("section.section")].filter((section) => links.has(section.id));
  let currentLink;
  let scrollOfTarget; // Where the page was when it showed the section of its address.
  let isWaiting = false;

  function markCurrent(link) {
    if (link === currentLink) return;
    currentLink?.removeAttribute("aria-current");
    currentLink = link;
    currentLink.setAttribute("aria-current", "true");
    const { top, bottom } = currentLink.getBoundingClientRect();
    const box = rail.getBoundingClientRect();
    if (top < box.top || bottom > box.bottom) rail.scrollTop += top - box.top - box.height / 3;
  }

  // Returns the last section that begins above a third of the window. The sections are in order, so bisection finds it.
  function findSectionInView() {
    let [low, high] = [0, sections.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (sections[middle].getBoundingClientRect().top <= innerHeight / 3) low = middle;
      else high = middle - 1;
    }
    return sections[low];
  }

  function followScroll() {
    isWaiting = false;
    if (scrollY !== scrollOfTarget) markCurrent(links.get(findSectionInView().id));
  }

  // The section of the address is the current one, however short it is.
  function followAddress() {
    const section = targetOfAddress()?.closest("section.section");
    if (!section || !links.has(section.id)) return;
    scrollOfTarget = scrollY;
    markCurrent(links.get(section.id));
  }

  function onScroll() {
    if (!isWaiting) requestAnimationFrame(followScroll);
    isWaiting = true;
  }

  addEventListener("scroll", onScroll, { passive: true });
  addEventListener("hashchange", followAddress);
  addEventListener("load", followAddress);
  // On a phone the rail covers the page.
  rail.addEventListener("click", (event) => {
    if (event.target.closest("a") && rail.matches(":popover-open")) rail.hidePopover();
  });
}

openPartOfAddress();
addEventListener("hashchange", openPartOfAddress);
const toolbar = document.getElementById("matches");
const marks = [...document.querySelectorAll("mark[id]")];
const rail = document.getElementById("rail");
if (toolbar && marks.length) setUpMatches(toolbar, marks);
if (rail) setUpRail(rail);
