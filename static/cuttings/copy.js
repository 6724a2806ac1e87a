// Copies what a button names. Without this the text is selected by hand, or taken from the download beside it.

async function copy(text, source) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Away from HTTPS there is no clipboard for scripts, but for what is selected.
  getSelection().selectAllChildren(source);
  if (!document.execCommand("copy")) throw new Error("nothing was copied");
}

const told = document.getElementById("copied");
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.value);
    try {
      await copy(source.textContent, source);
      told.textContent = `${button.dataset.name} copied.`;
    } catch {
      getSelection().selectAllChildren(source);
      told.textContent = "Your browser does not allow copying here; the text is selected.";
    }
  });
}
