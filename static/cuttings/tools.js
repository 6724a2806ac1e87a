// The line of menus above the results: a menu closes when people go elsewhere or press Escape, and the address of a
// search can be copied. Without this module a menu closes when another opens, and people copy the address of the page.

const openMenus = () => document.querySelectorAll(".menu[open]");

function closeMenus({ except = null } = {}) {
  for (const menu of openMenus()) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus({ except: event.target }));
document.addEventListener("focusin", (event) => closeMenus({ except: event.target }));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.(".menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
// A panel that opens from a menu leaves the focus there when it closes.
document.addEventListener("htmx:beforeRequest", ({ detail: { elt, target } }) => {
  const menu = target.id === "panel-body" && elt.closest(".menu[open]");
  if (!menu) return;
  menu.querySelector("summary").focus();
  menu.open = false;
});
// The history keeps a copy of the page, which should have no open menu.
document.addEventListener("htmx:beforeHistorySave", () => closeMenus());

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // On plain HTTP scripts have no clipboard, but the browser can still copy a selection.
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser refused to copy");
}

async function copyAddress(button) {
  const announcement = document.getElementById("announcement");
  try {
    await copy(location.href);
    button.textContent = "Copied";
    announcement.textContent = "The address of this search is copied.";
  } catch {
    announcement.textContent = "Your browser does not allow copying here; copy the address of the page.";
    button.textContent = "Not allowed";
  }
  button.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".copy-link");
  if (button) copyAddress(button);
});

function showCopyButton() {
  for (const button of document.querySelectorAll(".copy-link")) button.hidden = false;
}

document.addEventListener("htmx:load", showCopyButton);
showCopyButton();
