// Widgets that Django's admin makes by script get the names that they lack; and where typing begins.
"use strict";

// A choice from suggestions has the name of its label. Ready functions run in the order in which they were given, and
// this file comes last, so the widgets are there.
window.django?.jQuery?.(() => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const name = select.getAttribute("aria-label") ?? select.labels[0]?.textContent.replace(/:\s*$/, "");
    const made = select.nextElementSibling;
    if (!name || !made?.classList.contains("select2")) continue;
    made.querySelector(".select2-search__field")?.setAttribute("aria-label", name);
    const box = made.querySelector('.select2-selection--single[role="combobox"]');
    if (!box) continue;
    const chosen = made.querySelector(".select2-selection__rendered");
    chosen.removeAttribute("role");
    chosen.removeAttribute("aria-readonly");
    box.setAttribute("aria-label", name);
    box.id = `${chosen.id}-box`;
    box.setAttribute("aria-labelledby", `${box.id} ${chosen.id}`);
  }
});

// Typing goes on after what is filled in.
document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("input[autofocus]");
  if (field?.value) field.setSelectionRange(field.value.length, field.value.length);
});

// The icon before the search within a list of choices.
window.addEventListener("load", () => {
  for (const icon of document.querySelectorAll(".help-tooltip[aria-label]")) icon.setAttribute("role", "img");
});
