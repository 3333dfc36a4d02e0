// "Copy" buttons: <button data-copy="ID" data-copied="Copied" data-failed="…" hidden> copies the value, or the text, of the
// element with that id, and says so after the button. Without script it stays hidden, and the text can be selected.
(() => {
  const show = root => root.querySelectorAll("button[data-copy][hidden]").forEach(button => {
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.className = "copied";
    button.after(said);
    button.hidden = false;
  });

  const copy = async element => {
    const text = "value" in element ? element.value : element.textContent;
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Without HTTPS there is no clipboard but the old way, through what is selected.
    if (element.select) element.select();
    else getSelection().selectAllChildren(element);
    if (!document.execCommand("copy")) throw new Error("not copied");
  };

  document.addEventListener("click", async event => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const said = button.nextElementSibling;
    said.textContent = "";
    try {
      await copy(source);
      said.textContent = button.dataset.copied || "Copied";
    } catch {
      source.focus();
      if (source.select) source.select();
      said.textContent = button.dataset.failed || "";
    }
  });

  // What htmx puts into the page has buttons too.
  document.addEventListener("htmx:load", event => show(event.target));
  show(document);
})();
