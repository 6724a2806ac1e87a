// Shows times on the clock of their outlet, as the server writes them, or in the reader's time zone with the outlet's time
// in a tooltip: a switch in the footer, which is remembered. The outlet's comes first, since searches and citations use
// its days. A time known only to the day, month or year has no zone and is left alone.

const STORAGE_KEY = "cuttings-times";
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const PARTS = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const LONG_FORMAT = new Intl.DateTimeFormat("en-GB", { ...PARTS, timeZoneName: "short" });
const SHORT_FORMAT = new Intl.DateTimeFormat("en-GB", { ...PARTS, month: "short", year: undefined });

function loadChoice() {
  try {
    return localStorage.getItem(STORAGE_KEY) === "local" ? "local" : "outlet";
  } catch {
    return "outlet";
  }
}

function storeChoice(choice) {
  try {
    localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

// Formats a time like the server: 2 June 2025, 16:30 CEST; in a narrow column 2 Jun 16:30.
function formatLocal(moment, isShort) {
  const format = isShort ? SHORT_FORMAT : LONG_FORMAT;
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const { day, month, year, hour, minute, timeZoneName } = parts;
  return isShort ? `${day} ${month} ${hour}:${minute}` : `${day} ${month} ${year}, ${hour}:${minute} ${timeZoneName}`;
}

// Names the clock of a time like the server: UTC, UTC+13:00.
function clockName(dateTime) {
  const offset = /[+-]\d\d:\d\d$/.exec(dateTime);
  return offset ? `UTC${offset[0]}` : "UTC";
}

// Returns the outlet's time in full; the server writes some without the clock, or below a heading that has day and clock.
function describeOutletTime(time) {
  const { outlet } = time.dataset;
  if (time.classList.contains("short")) return `${outlet} ${clockName(time.dateTime)}`;
  const day = time.classList.contains("clock") && time.closest(".day")?.querySelector("summary time");
  return day ? `${day.textContent}, ${outlet} ${clockName(time.dateTime)}` : outlet;
}

function showTimes(choice) {
  for (const time of document.querySelectorAll("time[datetime*='T']:not(.age)")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.dataset.outlet ??= time.textContent;
    const isShort = time.classList.contains("short");
    const isLocal = choice === "local";
    time.textContent = isLocal ? formatLocal(moment, isShort) : time.dataset.outlet;
    const outlet = describeOutletTime(time);
    // The tooltip belongs to the link around a time: it is shown when the link is hovered or focused.
    (time.closest("a") ?? time).title = isLocal ? outlet : "";
  }
}

function showChoice(choice) {
  for (const button of document.querySelectorAll("#times button")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
  const status = document.getElementById("times-status");
  if (!status) return;
  const zone = ZONE.replaceAll("_", " ");
  status.textContent =
    choice === "local" ? `Times are in your time zone (${zone}).` : "Times are those of the outlets.";
}

let choice = loadChoice();
const times = document.getElementById("times");
if (times && ZONE && ZONE !== "UTC") {
  times.hidden = false;
  times.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    choice = button.value;
    storeChoice(choice);
    showChoice(choice);
    showTimes(choice);
  });
  showChoice(choice);
  showTimes(choice);
  // What htmx swaps in has the times of the outlets, too.
  document.addEventListener("htmx:afterSwap", () => showTimes(choice));
}
