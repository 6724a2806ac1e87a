// Copies the text that a button names. Without this module people select the text or follow the download link.

// Copies a text with its italics, for word processors.
function copyMarkup(element) {
  const types = { "text/plain": element.textContent, "text/html": element.innerHTML.trim().replaceAll("\n", "<br>") };
  const blobs = Object.entries(types).map(([type, text]) => [type, new Blob([text], { type })]);
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}

async function copyText(element) {
  const hasMarkup = element.childElementCount > 0 && "ClipboardItem" in globalThis;
  if (navigator.clipboard) return hasMarkup ? copyMarkup(element) : navigator.clipboard.writeText(element.textContent);
  // On plain HTTP scripts have no clipboard, but the browser can still copy the selection.
  getSelection().selectAllChildren(element);
  if (!document.execCommand("copy")) throw new Error("the browser refused to copy");
}

// Shows the buttons in a part of the page and has them copy. The texts and the status are in the same part.
export function setUpCopying(root) {
  const status = root.querySelector("#copy-status");
  for (const button of root.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const element = root.querySelector(`#${button.value}`);
      try {
        await copyText(element);
        status.textContent = `${button.dataset.name} copied.`;
      } catch {
        getSelection().selectAllChildren(element);
        status.textContent = "Your browser does not allow copying here; the text is selected.";
      }
    });
  }
}

setUpCopying(document);
