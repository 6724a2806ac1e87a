// Copies the text that a button names. Without this module people select the text or follow the download link.

async function copyText(element) {
  if (navigator.clipboard) return navigator.clipboard.writeText(element.textContent);
  // On plain HTTP scripts have no clipboard, but the browser can still copy the selection.
  getSelection().selectAllChildren(element);
  if (!document.execCommand("copy")) throw new Error("the browser refused to copy");
}

const copyStatus = document.getElementById("copy-status");
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const element = document.getElementById(button.value);
    try {
      await copyText(element);
      copyStatus.textContent = `${button.dataset.name} copied.`;
    } catch {
      getSelection().selectAllChildren(element);
      copyStatus.textContent = "Your browser does not allow copying here; the text is selected.";
    }
  });
}
