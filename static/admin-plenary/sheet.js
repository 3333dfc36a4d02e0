// The voting sheet: counts the choices as they are made, beside the announced totals, and fills in the rest.
"use strict";

function startSheet(sheet) {
  const tools = sheet.querySelector("[data-tools]");
  const radios = (value) => sheet.querySelectorAll(`input[type="radio"][value="${value}"]`);

  function count() {
    for (const figure of tools.querySelectorAll("[data-count] > [data-choice]")) {
      const counted = [...radios(figure.dataset.choice)].filter((radio) => radio.checked).length;
      figure.querySelector("[data-counted]").textContent = counted;
      const difference = figure.querySelector("[data-difference]");
      if (!difference) continue;
      const announced = document.getElementById(figure.dataset.announced)?.value ?? "";
      const differs = announced !== "" && Number(announced) !== counted;
      difference.textContent = announced === "" ? "" : `(${difference.dataset.text} ${announced})`;
      figure.classList.toggle("sheet-differs", differs);
    }
  }

  for (const button of tools.querySelectorAll("[data-fill]")) {
    button.addEventListener("click", () => {
      for (const empty of radios("")) {
        const row = empty.closest(".sheet-row");
        if (empty.checked && !row.classList.contains("sheet-stranger")) {
          row.querySelector(`input[value="${button.dataset.fill}"]`).checked = true;
        }
      }
      count();
    });
  }
  sheet.closest("form").addEventListener("input", count);
  tools.hidden = false;
  count();
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-sheet]").forEach(startSheet);
});
