// The search box as a combobox (ARIA Authoring Practices, list autocomplete with manual selection): htmx fetches the
// suggestions, this opens and closes their list and moves through it. Without it the box is a plain form.
for (const form of document.querySelectorAll(".finder")) {
  const input = form.querySelector("input");
  const list = form.querySelector(".finder-list");
  const status = form.querySelector("[role=status]");
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (open) => {
    const has = open && options().length > 0;
    list.hidden = !has;
    input.setAttribute("aria-expanded", String(has));
    status.textContent = has ? list.firstElementChild.dataset.said : "";
    choose(null);
  };

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  show(false);

  list.addEventListener("htmx:afterSwap", () => {
    options().forEach((option, place) => { option.id = `${list.id}-${place}`; });
    show(document.activeElement === input);
  });
  input.addEventListener("keydown", (event) => {
    const all = options();
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault();
      if (list.hidden) show(true);
      // One place before the first and after the last is the box itself.
      const place = all.indexOf(chosen()) + 1 + (event.key === "ArrowDown" ? 1 : -1);
      choose(all[(place + all.length + 1) % (all.length + 1) - 1]);
    } else if (event.key === "Enter" && !list.hidden && chosen()) {
      event.preventDefault();
      chosen().click();
    }
  });
  input.addEventListener("click", () => show(true));
  // A press on a suggestion must not take the focus from the box, or the list would be gone before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("blur", () => show(false));
}
