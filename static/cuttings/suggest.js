// Suggestions under the search box: the combobox pattern of the WAI-ARIA Authoring Practices (list autocomplete with
// manual selection). The server writes the options; without this module the box is a plain field.

const WAIT_MS = 120;

const box = document.getElementById("q");
if (box) {
  const list = document.createElement("div");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  box.form.append(list);
  const said = document.getElementById("said");

  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  }))
    box.setAttribute(name, value);

  // What the reader wrote, which the box shows again when no option is chosen.
  let typed = "";
  let chosen = -1;
  let timer = 0;
  let request = null;

  const options = () => [...list.querySelectorAll("[role=option]")];

  // What is on its way would replace the options under the reader's hand.
  function stopAsking() {
    clearTimeout(timer);
    request?.abort();
  }

  function close() {
    stopAsking();
    mark(-1);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
  }

  function mark(number) {
    const all = options();
    all[chosen]?.setAttribute("aria-selected", "false");
    chosen = number;
    const option = all[chosen];
    if (!option) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  }

  function choose(number) {
    stopAsking();
    mark(number);
    box.value = options()[chosen]?.dataset.q ?? typed;
  }

  async function ask() {
    stopAsking();
    const asked = (typed = box.value);
    if (!asked.trim()) return close();
    request = new AbortController();
    const address = `${box.dataset.suggest}?as=options&q=${encodeURIComponent(asked)}`;
    let text = "";
    try {
      const response = await fetch(address, { signal: request.signal });
      if (!response.ok || response.redirected) return close();
      text = await response.text();
    } catch {
      // Aborted by the next letter, or no network: the box stays a plain field.
      return;
    }
    // A slow answer to what stands there no more.
    if (box.value !== asked || document.activeElement !== box) return;
    mark(-1);
    list.innerHTML = text;
    const all = options();
    all.forEach((option, number) => {
      option.id = `suggestion-${number}`;
    });
    list.hidden = all.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = all.length ? `${all.length} suggestion${all.length === 1 ? "" : "s"}` : "";
  }

  box.addEventListener("input", () => {
    stopAsking();
    // The options are still those of fewer letters: none of them is chosen any more, and Escape keeps the new letters.
    typed = box.value;
    mark(-1);
    timer = setTimeout(ask, WAIT_MS);
  });

  box.addEventListener("keydown", (event) => {
    // While letters of another script are composed, the keys are the input method's.
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const count = options().length;
    if (event.key === "ArrowDown" && list.hidden) {
      event.preventDefault();
      ask();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      // From the box to the first and last, and from these back to the box.
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(((chosen + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      box.value = typed;
      close();
    } else if (event.key === "Enter") {
      close();
    }
  });

  box.form.addEventListener("submit", close);
  box.addEventListener("blur", close);
  // The box keeps the focus while an option is pressed.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    box.value = option.dataset.q;
    close();
    box.form.requestSubmit();
  });
}
