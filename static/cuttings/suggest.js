// Suggestions under the search box: the combobox pattern of the WAI-ARIA Authoring Practices (list autocomplete with
// manual selection). The server renders the options. Without this module the box is a plain field.

const DELAY_MS = 120;

function setUpSuggestions(box) {
  const announcement = document.getElementById("announcement");
  const list = document.createElement("div");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  box.form.append(list);

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  // The text as typed, which the box shows again when no option is active.
  let typedText = "";
  let activeIndex = -1;
  let timer = 0;
  let request = null;

  const allOptions = () => [...list.querySelectorAll("[role=option]")];

  function show(isShown) {
    list.hidden = !isShown;
    box.setAttribute("aria-expanded", String(isShown));
  }

  // A late answer would replace the options that are in use.
  function cancelRequest() {
    clearTimeout(timer);
    request?.abort();
  }

  function close() {
    cancelRequest();
    setActive(-1);
    show(false);
  }

  function setActive(index) {
    const options = allOptions();
    options[activeIndex]?.setAttribute("aria-selected", "false");
    activeIndex = index;
    const option = options[activeIndex];
    if (!option) {
      box.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  }

  function activate(index) {
    cancelRequest();
    setActive(index);
    box.value = allOptions()[activeIndex]?.dataset.q ?? typedText;
  }

  async function fetchOptions(text) {
    request = new AbortController();
    try {
      const url = `${box.dataset.suggest}?as=options&q=${encodeURIComponent(text)}`;
      const response = await fetch(url, { signal: request.signal });
      return response.ok && !response.redirected ? await response.text() : "";
    } catch {
      // The next letter aborted the request, or there is no network.
      return null;
    }
  }

  async function suggest() {
    cancelRequest();
    typedText = box.value;
    const text = typedText;
    if (!text.trim() || !box.isConnected) return close();
    const html = await fetchOptions(text);
    if (html === null) return;
    // The answer may be to a text that has changed.
    if (box.value !== text || document.activeElement !== box) return;
    setActive(-1);
    list.innerHTML = html;
    const options = allOptions();
    for (const [index, option] of options.entries()) option.id = `suggestion-${index}`;
    show(options.length > 0);
    announcement.textContent = options.length ? `${options.length} suggestion${options.length === 1 ? "" : "s"}` : "";
  }

  box.addEventListener("input", () => {
    cancelRequest();
    // The options still belong to the text before: none of them is active now, and Escape keeps the new letters.
    typedText = box.value;
    setActive(-1);
    timer = setTimeout(suggest, DELAY_MS);
  });

  box.addEventListener("keydown", (event) => {
    // While an input method composes letters, the keys are its own.
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" && list.hidden) {
      event.preventDefault();
      suggest();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      // The box itself is a stop between the last option and the first.
      const stops = allOptions().length + 1;
      const step = event.key === "ArrowDown" ? 1 : -1;
      activate(((activeIndex + 1 + step + stops) % stops) - 1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      box.value = typedText;
      close();
    } else if (event.key === "Enter") {
      close();
    }
  });

  box.form.addEventListener("submit", close);
  box.addEventListener("blur", close);
  // Pressing an option must not take the focus from the box, which would close the list.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    box.value = option.dataset.q;
    close();
    box.form.requestSubmit();
  });
}

const searchBox = document.getElementById("q");
if (searchBox?.dataset.suggest) setUpSuggestions(searchBox);
