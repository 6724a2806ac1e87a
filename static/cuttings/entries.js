// Puts the focus where the work goes on, when an entry opens or closes in the list of an article.

document.addEventListener("htmx:load", (event) => {
  const added = event.detail.elt;
  const target = added.matches("[data-focus]") ? added : added.querySelector("[data-focus]");
  target?.focus();
});
