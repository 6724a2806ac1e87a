// Selecting a span on the timeline: drag over the bars, or with the plot focused move with the arrows, hold Shift to
// take in more, and press Enter. Without this module a bar is a link, and the form below takes two dates.

const DRAG_PX = 6;

let plot = null;
let first = -1;
let last = -1;
let fromX = null;

const datesOf = (element) => element.dataset.dates.split(" ");
const rowsOf = (element) => [...element.closest(".timeline").querySelectorAll("tbody tr")];

function setUp() {
  for (const found of document.querySelectorAll(".timeline .plot:not([tabindex])")) {
    if (!found.querySelector("svg")) continue;
    found.tabIndex = 0;
    found.setAttribute("role", "group");
    found.setAttribute(
      "aria-label",
      "Timeline. Arrow keys move, Shift with arrows selects a span, Enter filters by it",
    );
  }
}

function barAt(element, x) {
  const frame = element.getBoundingClientRect();
  const count = datesOf(element).length;
  const place = Math.floor(((x - frame.left) / frame.width) * count);
  return Math.min(Math.max(place, 0), count - 1);
}

function say() {
  const rows = rowsOf(plot);
  const [low, high] = [Math.min(first, last), Math.max(first, last)];
  const label = (row) => row.cells[0].textContent;
  const total = rows
    .slice(low, high + 1)
    .reduce((sum, row) => sum + Number(row.cells[1].textContent.replace(/,/g, "")), 0);
  const span = low === high ? label(rows[low]) : `${label(rows[low])} to ${label(rows[high])}`;
  return `${span}: ${total.toLocaleString("en")}`;
}

function draw() {
  const count = datesOf(plot).length;
  const low = Math.min(first, last);
  const width = Math.abs(last - first) + 1;
  const svg = plot.querySelector("svg");
  let shade = svg.querySelector(".shade");
  if (!shade) {
    shade = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    shade.setAttribute("class", "shade");
    shade.setAttribute("y", "0");
    shade.setAttribute("height", "56");
    svg.append(shade);
  }
  shade.setAttribute("x", `${(low / count) * 100}%`);
  shade.setAttribute("width", `${(width / count) * 100}%`);
  let told = plot.querySelector("output");
  if (!told) {
    told = document.createElement("output");
    plot.append(told);
  }
  told.textContent = say();
}

function clear() {
  plot?.querySelector(".shade")?.remove();
  plot?.querySelector("output")?.remove();
  [first, last, fromX] = [-1, -1, null];
}

function narrow() {
  const dates = datesOf(plot);
  const [low, high] = [Math.min(first, last), Math.max(first, last)];
  const form = plot.closest(".timeline").querySelector("form");
  const field = document.createElement("input");
  Object.assign(field, {
    type: "hidden",
    name: "date",
    value: low === high ? dates[low] : `${dates[low]}..${dates[high]}`,
  });
  const given = [...form.querySelectorAll("[type=date]")];
  for (const date of given) date.disabled = true;
  form.append(field);
  clear();
  form.requestSubmit();
  // What is asked for is read by now; the history keeps the form as it was.
  field.remove();
  for (const date of given) date.disabled = false;
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".timeline .plot") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (plot !== event.target) clear();
  plot = event.target;
  const count = datesOf(plot).length;
  const moves = { ArrowLeft: last - 1, ArrowRight: last + 1, Home: 0, End: count - 1 };
  if (event.key in moves) {
    event.preventDefault();
    last = last === -1 ? (event.key === "ArrowLeft" || event.key === "End" ? count - 1 : 0) : moves[event.key];
    last = Math.min(Math.max(last, 0), count - 1);
    if (!event.shiftKey || first === -1) first = last;
    draw();
  } else if (event.key === "Enter" && first !== -1) {
    event.preventDefault();
    narrow();
  } else if (event.key === "Escape") {
    clear();
  }
});

document.addEventListener("pointerdown", (event) => {
  const found = event.target.closest?.(".timeline .plot[tabindex]");
  if (!found || event.button !== 0) return;
  clear();
  plot = found;
  fromX = event.clientX;
});

document.addEventListener("pointermove", (event) => {
  const over = event.target.closest?.(".timeline .plot[tabindex]");
  if (fromX === null) {
    // Hovering tells what a bar counts.
    if (event.pointerType !== "mouse") return;
    if (over) {
      plot = over;
      first = last = barAt(plot, event.clientX);
      draw();
    } else if (plot && document.activeElement !== plot) {
      clear();
      plot = null;
    }
    return;
  }
  if (Math.abs(event.clientX - fromX) < DRAG_PX) return;
  first = barAt(plot, fromX);
  last = barAt(plot, event.clientX);
  draw();
});

document.addEventListener("pointerup", (event) => {
  if (fromX === null) return;
  const dragged = Math.abs(event.clientX - fromX) >= DRAG_PX;
  fromX = null;
  if (dragged && first !== last) {
    event.preventDefault();
    // The click that follows would follow the link of one bar.
    plot.addEventListener(
      "click",
      (click) => {
        click.preventDefault();
        click.stopPropagation();
      },
      { capture: true, once: true },
    );
    narrow();
  }
});

document.addEventListener("pointercancel", clear);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".timeline .plot")) event.preventDefault();
});
// The history keeps a page without the shade under the pointer.
document.addEventListener("htmx:beforeHistorySave", clear);
document.addEventListener("htmx:load", setUp);
setUp();
