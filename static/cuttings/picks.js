// Hits that are picked by hand: keeps them over the pages of a search until the browser's tab is closed, and shows how
// many there are. Shift picks all between two boxes; x picks the hit with the focus. Without this module the boxes of a
// page are a form.

import { isShortcut } from "./keys.js";

// What these parameters say changes how hits are shown, and not which there are.
const SHAPE = new Set(["list", "sort", "view", "per-page"]);

const findForm = () => document.querySelector("form.picks");
const boxesOf = (form) => [...form.querySelectorAll(".hit > input")];

let key = "";
let picks = new Set();
// The box that was clicked last.
let lastBox = null;

// --- what is kept ---

function keyOf(form) {
  const fields = [...form.querySelectorAll(":scope > input[type=hidden]")].filter(({ name }) => !SHAPE.has(name));
  return `cuttings-picks ${new URLSearchParams(fields.map(({ name, value }) => [name, value]))}`;
}

function load() {
  try {
    picks = new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
  } catch {
    picks = new Set();
  }
}

function store() {
  try {
    if (picks.size) sessionStorage.setItem(key, JSON.stringify([...picks]));
    else sessionStorage.removeItem(key);
  } catch {
    // Without storage the picks last until the next page.
  }
}

// --- what is shown ---

const label = (count) => (count === 1 ? "Export this hit" : `Export these ${count.toLocaleString("en-GB")}`);

function show(form) {
  const boxes = boxesOf(form);
  for (const box of boxes) box.checked = picks.has(box.value);
  const here = new Set(boxes.map((box) => box.value));
  form.querySelector(".picks-elsewhere").value = [...picks].filter((name) => !here.has(name)).join(",");
  const bar = form.querySelector(".picks-bar");
  bar.classList.toggle("some", picks.size > 0);
  const button = bar.querySelector(".export-picks");
  button.hidden = picks.size === 0;
  button.textContent = label(picks.size);
  const filing = bar.querySelector(".file-picks");
  if (filing) filing.hidden = picks.size === 0;
  bar.querySelector(".pick-page").hidden = boxes.every((box) => box.checked);
  bar.querySelector(".clear-picks").hidden = picks.size === 0;
}

function say(text) {
  document.getElementById("announcement").textContent = text;
}

function count() {
  if (!picks.size) return "No hit is picked.";
  return `${picks.size.toLocaleString("en-GB")} hit${picks.size === 1 ? " is" : "s are"} picked.`;
}

// --- picking ---

// Picks hits or takes them out again; says so if there is no room for all of them.
function change(form, names, isPicked) {
  const max = Number(form.querySelector(".picks-bar").dataset.max);
  let left = 0;
  for (const name of names) {
    if (!isPicked) picks.delete(name);
    else if (picks.size < max) picks.add(name);
    else if (!picks.has(name)) left += 1;
  }
  store();
  show(form);
  say(left ? `At most ${max} hits can be picked; ${left} of these are not.` : count());
  form.querySelector(".picks-full")?.remove();
  if (left) {
    const note = document.createElement("p");
    note.className = "picks-full note";
    note.textContent = `At most ${max} hits can be picked.`;
    form.querySelector(".picks-bar").append(note);
  }
}

function between(form, box) {
  const boxes = boxesOf(form);
  const [start, end] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
  return start < 0 ? [box] : boxes.slice(start, end + 1);
}

document.addEventListener("click", (event) => {
  const filing = event.target.closest(".file-picks");
  if (filing) {
    // The form asks for the panel of exports; filing is a page of its own.
    event.preventDefault();
    location.assign(`${filing.formAction}?${new URLSearchParams(new FormData(filing.form))}`);
    return;
  }
  const form = event.target.closest?.("form.picks");
  if (!form) return;
  if (event.target.matches(".hit > input")) {
    const box = event.target;
    const changed = event.shiftKey ? between(form, box) : [box];
    lastBox = box;
    change(
      form,
      changed.map(({ value }) => value),
      box.checked,
    );
  } else if (event.target.matches(".pick-page")) {
    change(
      form,
      boxesOf(form).map(({ value }) => value),
      true,
    );
    if (event.target.hidden) form.querySelector(".export-picks").focus();
  } else if (event.target.matches(".clear-picks")) {
    change(form, [...picks], false);
    form.querySelector(".pick-page").focus({ preventScroll: true });
  }
});

// Else a click with Shift marks the text between.
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.matches?.(".hit > input")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "x" || !isShortcut(event)) return;
  const hit = document.activeElement?.closest?.(".hit") ?? document.querySelector(".hit[data-chosen]");
  hit?.querySelector(":scope > input")?.click();
});

// --- pages that come and go ---

function setUp() {
  const form = findForm();
  if (!form?.querySelector(".picks-bar")) return;
  if (lastBox && !form.contains(lastBox)) lastBox = null;
  key = keyOf(form);
  load();
  show(form);
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id === "main") setUp();
});
document.addEventListener("htmx:historyRestore", setUp);
// Another page of the search may have changed the picks.
addEventListener("pageshow", setUp);
setUp();
