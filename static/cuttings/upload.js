// Files and folders for the page of adding documents: dropped or chosen, listed, and sent in parts with their progress.
// Without this module the form sends what was chosen in one request.

const MEBIBYTE = 1024 * 1024;
const MAX_ROWS = 100;
const HIDDEN = /^(?:\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;

const form = document.getElementById("intake");
const input = form.querySelector("input[type=file][name=file]");
const byId = (id) => document.getElementById(id);
const limits = {
  partBytes: Number(form.dataset.partBytes),
  partFiles: Number(form.dataset.partFiles),
  files: Number(form.dataset.maxFiles),
  bytes: Number(form.dataset.maxMebibytes) * MEBIBYTE,
};

// Each chosen file with its path, how many of its bytes have arrived, and whether its last part has.
let chosen = [];
let leftOut = 0;
let token = "";
let request = null;
let button = null; // The button of the form that was pressed.

// --- choosing ---

const count = (number, noun) => `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;
const size = (bytes) =>
  bytes < MEBIBYTE ? `${Math.ceil(bytes / 1024).toLocaleString("en-GB")} KiB` : `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
const totalBytes = () => chosen.reduce((sum, entry) => sum + entry.file.size, 0);

function isHidden(path) {
  return path.split("/").some((part) => HIDDEN.test(part));
}

function add(file, path) {
  if (path.includes("/") && isHidden(path)) leftOut += 1;
  else chosen.push({ file, path, sent: 0, done: false });
}

function addAll(files) {
  for (const file of files) add(file, file.webkitRelativePath || file.name);
  changed();
}

// A folder gives its entries a hundred at a time.
async function readFolder(folder) {
  const reader = folder.createReader();
  const entries = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return entries;
    entries.push(...some);
  }
}

async function addDropped(items) {
  // The list is empty after the event: its entries are taken at once.
  const waiting = [];
  for (const item of items) {
    const entry = item.webkitGetAsEntry?.();
    const file = entry ? null : item.getAsFile();
    if (entry) waiting.push(entry);
    else if (file) add(file, file.name);
  }
  while (waiting.length && chosen.length <= limits.files) {
    const entry = waiting.shift();
    try {
      if (entry.isDirectory) waiting.push(...(await readFolder(entry)));
      else add(await new Promise((resolve, reject) => entry.file(resolve, reject)), entry.fullPath.replace(/^\//, ""));
    } catch {
      fail(`“${entry.name}” cannot be read.`);
    }
  }
  changed();
}

function changed() {
  token = "";
  chosen.sort((entry, other) => entry.path.localeCompare(other.path, "en", { numeric: true }));
  for (const entry of chosen) Object.assign(entry, { sent: 0, done: false });
  if (chosen.length > limits.files) fail(`More than ${count(limits.files, "file")}. Pack them in a zip.`);
  else if (totalBytes() > limits.bytes) fail(`More than ${size(limits.bytes)}. Send them in several uploads.`);
  else fail("");
  list();
}

// --- the list ---

function list() {
  byId("chosen").hidden = !chosen.length && !leftOut;
  const rows = chosen.slice(0, MAX_ROWS).map((entry, number) => {
    const row = document.createElement("li");
    const name = document.createElement("bdi");
    name.textContent = entry.path;
    const details = document.createElement("span");
    details.className = "details";
    details.textContent = size(entry.file.size);
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.hidden = true;
    bar.setAttribute("aria-label", `Sent of ${entry.path}`);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button";
    remove.textContent = "Remove";
    remove.setAttribute("aria-label", `Remove ${entry.path}`);
    remove.addEventListener("click", () => {
      chosen.splice(number, 1);
      changed();
      (byId("chosen-files").querySelectorAll("button")[number] ?? input).focus();
    });
    entry.bar = bar;
    row.append(name, " ", details, " ", bar, " ", remove);
    return row;
  });
  if (chosen.length > MAX_ROWS) {
    const rest = document.createElement("li");
    rest.textContent = `and ${count(chosen.length - MAX_ROWS, "more file")}`;
    rows.push(rest);
  }
  byId("chosen-files").replaceChildren(...rows);
  say();
}

function say(doing = "") {
  const hidden = leftOut ? `; ${count(leftOut, "hidden file")} of folders left out` : "";
  byId("chosen-count").textContent = doing || `${count(chosen.length, "file")} chosen, ${size(totalBytes())}${hidden}`;
}

function fail(reason, { mayGoOn = false } = {}) {
  byId("upload-error").textContent = reason;
  byId("upload-error").hidden = !reason;
  byId("go-on").hidden = !mayGoOn;
  if (reason) byId("chosen").hidden = false;
}

function showProgress(extra = 0) {
  const sent = chosen.reduce((sum, entry) => sum + entry.sent, extra);
  byId("sent").value = totalBytes() ? Math.min(1, sent / totalBytes()) : 1;
  for (const entry of chosen.slice(0, MAX_ROWS)) {
    if (!entry.bar) continue;
    entry.bar.hidden = !(entry.sent || entry.done);
    entry.bar.value = entry.done ? 1 : entry.sent / (entry.file.size || 1);
  }
}

function setSending(isSending) {
  for (const id of ["sent", "stop-sending"]) byId(id).hidden = !isSending;
  byId("remove-all").hidden = isSending;
  for (const each of form.querySelectorAll(".submit-row button, .chosen-files button")) each.disabled = isSending;
}

// --- sending ---

class Refused extends Error {}

// A sign-in in another tab changes the token.
function csrfToken() {
  const cookie = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
  const field = form.querySelector("[name=csrfmiddlewaretoken]");
  if (cookie) field.value = cookie[1];
  return field.value;
}

function post(fields) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    request.open("POST", form.dataset.parts);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.responseType = "text";
    request.upload.addEventListener("progress", (event) => showProgress(event.lengthComputable ? event.loaded : 0));
    request.addEventListener("error", () => reject(new Refused("The server cannot be reached.")));
    request.addEventListener("abort", () => reject(new Refused("Sending was stopped.")));
    request.addEventListener("load", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        reject(new Refused("Your session has ended. Sign in again in another tab, then go on here."));
        return;
      }
      if (request.status === 410) token = "";
      if (request.status >= 400) reject(new Refused(answer.error));
      else resolve(answer);
    });
    request.send(body);
  });
}

// What the next request has: whole small files together, or a part of a large one.
function nextParts() {
  const parts = [];
  let bytes = 0;
  for (const [number, entry] of chosen.entries()) {
    if (entry.done) continue;
    if (parts.length === limits.partFiles || bytes >= limits.partBytes / 2) break;
    const end = Math.min(entry.file.size, entry.sent + limits.partBytes / 2);
    parts.push({ number, entry, start: entry.sent, end });
    bytes += end - entry.sent;
    if (end < entry.file.size) break;
  }
  return parts;
}

async function sendAll() {
  if (!token) {
    for (const entry of chosen) Object.assign(entry, { sent: 0, done: false });
    ({ token } = await post([["step", "open"]]));
  }
  for (let parts = nextParts(); parts.length; parts = nextParts()) {
    const arrived = chosen.filter((entry) => entry.done).length;
    say(`Sending: ${arrived.toLocaleString("en-GB")} of ${count(chosen.length, "file")}`);
    const listed = parts.map(({ number, entry, start }) => ({ number, name: entry.path, start }));
    const files = parts.map(({ entry, start, end }) => ["file", entry.file.slice(start, end)]);
    const head = [
      ["token", token],
      ["parts", JSON.stringify(listed)],
    ];
    // The step comes last: if it arrives, so has the whole request.
    const { received } = await post([...head, ...files, ["step", "parts"]]);
    for (const [index, { entry }] of parts.entries()) {
      entry.sent = received[index];
      entry.done = entry.sent >= entry.file.size;
    }
    showProgress();
  }
}

async function send() {
  fail("");
  setSending(true);
  try {
    await sendAll();
  } catch (error) {
    setSending(false);
    say();
    fail(
      error instanceof Refused ? error.message : "A file cannot be read any more. Remove it, and choose it again.",
      {
        mayGoOn: true,
      },
    );
    byId("go-on").focus();
    return;
  }
  say(`All ${count(chosen.length, "file")} have arrived.`);
  for (const [name, value] of [
    ["token", token],
    ["sizes", JSON.stringify(chosen.map((entry) => entry.file.size))],
    ["step", button.value],
  ]) {
    form.querySelector(`input[type=hidden][name=${name}]`)?.remove();
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  csrfToken();
  form.submit();
}

// --- the page ---

form.addEventListener("submit", (event) => {
  if (!chosen.length) return;
  event.preventDefault();
  if (!byId("upload-error").hidden && !token) return byId("upload-error").scrollIntoView({ block: "nearest" });
  button = event.submitter ?? form.querySelector(".submit-row button");
  const text = form.querySelector("[name=text]");
  if (text.value.trim()) {
    add(new File([text.value], `text pasted ${new Date().toISOString()}`), `text pasted ${new Date().toISOString()}`);
    text.value = "";
    list();
  }
  send();
});
for (const field of [input, byId("folder")]) {
  field.addEventListener("change", () => {
    addAll(field.files);
    field.value = "";
  });
}
byId("go-on").addEventListener("click", send);
byId("stop-sending").addEventListener("click", () => request?.abort());
byId("remove-all").addEventListener("click", () => {
  chosen = [];
  leftOut = 0;
  changed();
  input.focus();
});

// It names the limits of one request.
byId("id_file_helptext").hidden = true;
const drop = byId("drop");
drop.hidden = false;
for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => drop.classList.remove("over"));
form.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  addDropped(event.dataTransfer.items);
});
// What was being sent is lost when the page is left.
addEventListener("beforeunload", (event) => {
  if (!byId("stop-sending").hidden && byId("sent").value < 1) event.preventDefault();
});
