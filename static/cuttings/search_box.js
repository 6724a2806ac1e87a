// The search box: a line that turns into a field of several lines when the query is long, or at Shift+Enter. There
// Enter still searches. A query that is too long for an address is posted; the server answers with a short address.
// Without this module the box is a line, and the server takes long addresses too.

// As in search/results/question.py and search/results/long_queries.py.
const MAX_LINE_CHARS = 150;
const MAX_ADDRESS_QUERY_CHARS = 500;

// Modules that import it see the field that is shown, whichever it is.
export let box = document.getElementById("q");

export function setText(text) {
  if (!isArea() && (text.length > MAX_LINE_CHARS || text.includes("\n"))) turnIntoArea();
  box.value = text;
  if (isArea()) fitHeight();
}

const isArea = () => box.tagName === "TEXTAREA";

// For browsers without `field-sizing`.
function fitHeight() {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
}

function turnIntoArea() {
  const line = box;
  const isFocused = document.activeElement === line;
  const { value, selectionStart, selectionEnd } = line;
  const area = document.createElement("textarea");
  area.rows = 1;
  for (const name of ["id", "name", "dir", "placeholder", "autocomplete", "spellcheck"]) {
    if (line.hasAttribute(name)) area.setAttribute(name, line.getAttribute(name));
  }
  line.dispatchEvent(new Event("blur"));
  line.replaceWith(area);
  box = area;
  area.value = value;
  setUpArea();
  if (isFocused) area.focus({ preventScroll: true });
  area.setSelectionRange(selectionStart, selectionEnd);
}

function insert(text) {
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  fitHeight();
}

function setUpArea() {
  box.addEventListener("input", fitHeight);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    box.form.requestSubmit();
  });
  fitHeight();
}

function setUpLine() {
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.shiftKey || event.isComposing) return;
    // Not the keys of the suggestions.
    event.preventDefault();
    event.stopImmediatePropagation();
    turnIntoArea();
    insert("\n");
  });
  box.addEventListener("input", (event) => {
    if (!event.isComposing && box.value.length > MAX_LINE_CHARS) turnIntoArea();
  });
  box.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain").trim() ?? "";
    if (!text.includes("\n")) return;
    // A line would lose the breaks, and with them the space between two words.
    event.preventDefault();
    turnIntoArea();
    insert(text);
  });
}

// Before any other listener: htmx chose the method when the page was loaded.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form !== box?.form) return;
    const isLong = box.value.length > MAX_ADDRESS_QUERY_CHARS;
    form.method = isLong ? "post" : "get";
    if (!isLong) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.submit();
  },
  true,
);

if (box) (isArea() ? setUpArea : setUpLine)();
