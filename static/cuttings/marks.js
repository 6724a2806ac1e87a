// Names, statements and days that are marked: m turns the marks on and off, and the page stays at the section that is read.
// A tap on a name or a day shows what it is before it leads on. Without this module the link and the titles do it.

import { isShortcut } from "./keys.js";

const link = document.getElementById("marks");

// Returns the first section that reaches below the top of the window.
function sectionInView() {
  return [...document.querySelectorAll("section.section")].find(
    (section) => section.getBoundingClientRect().bottom > innerHeight / 4,
  );
}

link?.addEventListener("click", () => {
  const section = scrollY > 0 && sectionInView();
  if (section) link.hash = section.id;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "m" || !link || !isShortcut(event)) return;
  event.preventDefault();
  link.click();
});

// --- on a screen that is touched ---

const note = document.createElement("div");
note.className = "mark-note";
note.popover = "auto";
document.body.append(note);

function show(mark) {
  const words = document.createElement("p");
  words.textContent = mark.title;
  const more = document.createElement("a");
  more.href = mark.href;
  more.textContent = mark.matches(".day") ? "All that speaks of it" : "All about this name";
  note.replaceChildren(words, more);
  note.showPopover();
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest?.("a.name, a.day");
  if (!mark || event.pointerType !== "touch") return;
  event.preventDefault();
  show(mark);
});
