// Names the fields that the admin's own scripts add to a form without a name.

function nameFields() {
  for (const box of document.querySelectorAll(".select2-container")) {
    const label = box.previousElementSibling?.labels?.[0]?.textContent.trim().replace(/:$/, "");
    for (const field of box.querySelectorAll("[role=searchbox], [role=combobox], [role=textbox]")) {
      field.setAttribute("aria-label", label ?? "Find by name");
      field.removeAttribute("aria-labelledby");
    }
  }
  // What is chosen stands in a list beside a button, which no list may have.
  for (const part of document.querySelectorAll(".select2-selection__rendered, .select2-selection__rendered li")) {
    if (part.matches("ul, li")) part.setAttribute("role", "none");
  }
  for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) icon.setAttribute("role", "img");
}

nameFields();
new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
