// The queue of decisions: each button and link of an item has a key, as its label says. They do nothing in a field, and
// people can turn single keys off on the help page.

import { isShortcut } from "./keys.js";

document.addEventListener("keydown", (event) => {
  // A key that is kept down would decide on what nobody has read.
  if (event.repeat || !isShortcut(event)) return;
  const control = document.querySelector(`.decisions [data-key="${CSS.escape(event.key)}"]`);
  if (!control) return;
  event.preventDefault();
  control.click();
  if (control.hash === "#correct") document.getElementById("id_speaker")?.focus();
});
