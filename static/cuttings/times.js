// Shows times in the reader's zone, with UTC on hover, or in UTC: a switch at the foot of the page, remembered.
// The server writes UTC. A time known to the day, the month or the year is nobody's clock and stays as it is.

const KEY = "cuttings-times";
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const PARTS = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const LONG = new Intl.DateTimeFormat("en-GB", { ...PARTS, timeZoneName: "short" });
const SHORT = new Intl.DateTimeFormat("en-GB", { ...PARTS, month: "short", year: undefined });

function read() {
  try {
    return localStorage.getItem(KEY) ?? "mine";
  } catch {
    return "mine"; // Storage is closed to this page; the choice lasts as long as the page.
  }
}

function remember(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // As above.
  }
}

function part(parts, name) {
  return parts.find(({ type }) => type === name)?.value ?? "";
}

// As the server writes it: 2 June 2025, 16:30 CEST; in a narrow column 2 Jun 16:30.
function written(moment, short) {
  const parts = (short ? SHORT : LONG).formatToParts(moment);
  const [day, month, year, hour, minute, zone] = ["day", "month", "year", "hour", "minute", "timeZoneName"].map(
    (name) => part(parts, name),
  );
  return short ? `${day} ${month} ${hour}:${minute}` : `${day} ${month} ${year}, ${hour}:${minute} ${zone}`;
}

function show(root, choice) {
  for (const time of root.querySelectorAll("time[datetime*='T']")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.dataset.utc ??= time.textContent;
    const utc = time.classList.contains("short") ? `${time.dataset.utc} UTC` : time.dataset.utc;
    const mine = choice === "mine";
    time.textContent = mine ? written(moment, time.classList.contains("short")) : time.dataset.utc;
    // A link's own words say where it leads; hovering or focusing it shows the time in UTC too.
    (time.closest("a") ?? time).title = mine ? utc : "";
  }
}

function press(choice) {
  for (const button of document.querySelectorAll("#times button")) {
    button.setAttribute("aria-pressed", String(button.value === choice));
  }
  const told = document.getElementById("times-told");
  if (told)
    told.textContent = choice === "mine" ? `Times are in your time zone (${ZONE.replaceAll("_", " ")}).` : "Times are in UTC.";
}

let choice = read();
const times = document.getElementById("times");
if (times && ZONE && ZONE !== "UTC") {
  times.hidden = false;
  times.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    choice = button.value;
    remember(choice);
    press(choice);
    show(document, choice);
  });
  press(choice);
  show(document, choice);
  // What is swapped in later is written in UTC as well.
  document.addEventListener("htmx:afterSwap", () => show(document, choice));
}
