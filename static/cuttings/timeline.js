// Selecting a span of time: people drag over the bars of the timeline, or focus it, move with the arrow keys, extend
// with Shift and press Enter. Without this module a bar is a link, and the filters take two dates.

const MIN_DRAG_PX = 6;

// Results are replaced by htmx, so the plot is looked up at each event. One of them has a selection at a time.
let plot = null;
// The selected bars, from where the selection began to where it ends; -1 without a selection.
let firstBar = -1;
let lastBar = -1;
let dragStartX = null;

const datesOf = (element) => element.dataset.dates.split(" ");
const rowsOf = (element) => [...element.closest(".timeline").querySelectorAll("tbody tr")];
const selectedRange = () => [Math.min(firstBar, lastBar), Math.max(firstBar, lastBar)];
const clamp = (index, count) => Math.min(Math.max(index, 0), count - 1);

function setUpPlots() {
  for (const element of document.querySelectorAll(".timeline .plot:not([tabindex])")) {
    if (!element.querySelector("svg")) continue;
    element.tabIndex = 0;
    element.setAttribute("role", "group");
    element.setAttribute(
      "aria-label",
      "Timeline. Arrow keys move, Shift with arrows selects a span, Enter filters by it",
    );
  }
}

function barAt(element, x) {
  const { left, width } = element.getBoundingClientRect();
  const count = datesOf(element).length;
  return clamp(Math.floor(((x - left) / width) * count), count);
}

function describeSelection() {
  const rows = rowsOf(plot);
  const [low, high] = selectedRange();
  const labelOf = (row) => row.cells[0].textContent;
  const countOf = (row) => Number(row.cells[1].textContent.replace(/,/g, ""));
  const total = rows.slice(low, high + 1).reduce((sum, row) => sum + countOf(row), 0);
  const span = low === high ? labelOf(rows[low]) : `${labelOf(rows[low])} to ${labelOf(rows[high])}`;
  return `${span}: ${total.toLocaleString("en")}`;
}

function findOrAdd(parent, selector, create) {
  const found = parent.querySelector(selector);
  if (found) return found;
  const element = create();
  parent.append(element);
  return element;
}

function createShade() {
  const shade = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  shade.setAttribute("class", "shade");
  shade.setAttribute("y", "0");
  shade.setAttribute("height", "40");
  return shade;
}

function drawSelection() {
  const count = datesOf(plot).length;
  const [low, high] = selectedRange();
  const shade = findOrAdd(plot.querySelector("svg"), ".shade", createShade);
  shade.setAttribute("x", `${(low / count) * 100}%`);
  shade.setAttribute("width", `${((high - low + 1) / count) * 100}%`);
  const output = findOrAdd(plot, "output", () => document.createElement("output"));
  output.textContent = describeSelection();
}

function clearSelection() {
  plot?.querySelector(".shade")?.remove();
  plot?.querySelector("output")?.remove();
  [firstBar, lastBar, dragStartX] = [-1, -1, null];
}

function applySelection() {
  const dates = datesOf(plot);
  const [low, high] = selectedRange();
  const form = plot.closest(".timeline").querySelector("form");
  const spanField = document.createElement("input");
  spanField.type = "hidden";
  spanField.name = "date";
  spanField.value = low === high ? dates[low] : `${dates[low]}..${dates[high]}`;
  form.append(spanField);
  clearSelection();
  form.requestSubmit();
  // The form has been read by now. It is restored, because the history keeps a copy of the page.
  spanField.remove();
}

// Returns the bar that a key moves to, or null for other keys.
function barAfterKey(key, count) {
  const isFirstMove = lastBar === -1;
  const moves = { ArrowLeft: lastBar - 1, ArrowRight: lastBar + 1, Home: 0, End: count - 1 };
  if (!(key in moves)) return null;
  if (isFirstMove) return key === "ArrowLeft" || key === "End" ? count - 1 : 0;
  return clamp(moves[key], count);
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".timeline .plot") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (plot !== event.target) clearSelection();
  plot = event.target;
  const bar = barAfterKey(event.key, datesOf(plot).length);
  if (bar !== null) {
    event.preventDefault();
    lastBar = bar;
    if (!event.shiftKey || firstBar === -1) firstBar = bar;
    drawSelection();
  } else if (event.key === "Enter" && firstBar !== -1) {
    event.preventDefault();
    applySelection();
  } else if (event.key === "Escape") {
    clearSelection();
  }
});

const plotUnder = (event) => event.target.closest?.(".timeline .plot[tabindex]");
const isDrag = (event) => Math.abs(event.clientX - dragStartX) >= MIN_DRAG_PX;

document.addEventListener("pointerdown", (event) => {
  const element = plotUnder(event);
  if (!element || event.button !== 0) return;
  clearSelection();
  plot = element;
  dragStartX = event.clientX;
});

document.addEventListener("pointermove", (event) => {
  if (dragStartX === null) return showBarUnder(event);
  if (!isDrag(event)) return;
  firstBar = barAt(plot, dragStartX);
  lastBar = barAt(plot, event.clientX);
  drawSelection();
});

// Shows the date and the count of the bar that the mouse is over.
function showBarUnder(event) {
  if (event.pointerType !== "mouse") return;
  const element = plotUnder(event);
  if (element) {
    plot = element;
    firstBar = lastBar = barAt(plot, event.clientX);
    drawSelection();
  } else if (plot && document.activeElement !== plot) {
    clearSelection();
    plot = null;
  }
}

document.addEventListener("pointerup", (event) => {
  if (dragStartX === null) return;
  const wasDragged = isDrag(event);
  dragStartX = null;
  if (!wasDragged || firstBar === lastBar) return;
  event.preventDefault();
  plot.addEventListener("click", ignoreClick, { capture: true, once: true });
  applySelection();
});

// The click after a drag would follow the link of a bar.
function ignoreClick(event) {
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("pointercancel", clearSelection);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".timeline .plot")) event.preventDefault();
});
// The history keeps a copy of the page, which should have no selection.
document.addEventListener("htmx:beforeHistorySave", clearSelection);
document.addEventListener("htmx:load", setUpPlots);
setUpPlots();
