// Entry forms: what was typed is kept in this browser until the site says that it is saved. The sheet keeps its own.
"use strict";

(() => {
  const KEPT = "plenary-form-";

  const UNKEPT = new Set(["hidden", "file", "password", "submit", "button", "image", "reset", "search"]);
  const isKept = (control) =>
    control.name && !UNKEPT.has(control.type) && !control.closest("[data-sheet]") &&
    !control.name.includes("__prefix__") && !control.name.endsWith("_old");
  const ticks = (control) => control.type === "checkbox" || control.type === "radio";
  // Of two lists between which one moves choices, the second is sent as a whole.
  const isChosenList = (control) => control.multiple && control.id.endsWith("_to");

  // Rows are named by their key, or by their place among the new ones: others may add and delete rows meanwhile.
  function rowOf(form, name) {
    const [, prefix, number, field] = /^(.+)-(\d+)-([^-]+)$/.exec(name) ?? [];
    const initial = prefix && form.elements[`${prefix}-INITIAL_FORMS`];
    if (!initial) return null;
    const pk = form.elements[`${prefix}-${number}-id`]?.value;
    return { prefix, field, pk, place: Number(number) - Number(initial.value) };
  }
  function lasting(form, name) {
    const row = rowOf(form, name);
    return row ? `${row.prefix}-${row.pk ? `#${row.pk}` : `+${row.place}`}-${row.field}` : name;
  }

  // Returns the values by lasting name: those that stand there, or those that the page came with.
  function values(form, ofPage) {
    const found = new Map();
    for (const control of form.elements) {
      if (!isKept(control)) continue;
      const name = lasting(form, control.name);
      const list = found.get(name) ?? found.set(name, []).get(name);
      if (ticks(control)) {
        if (ofPage ? control.defaultChecked : control.checked) list.push(control.value);
      } else if (control.options) {
        const chosen = [...control.options].filter((option) =>
          ofPage ? option.defaultSelected : isChosenList(control) || option.selected);
        if (!chosen.length && ofPage && !control.multiple && control.options.length) chosen.push(control.options[0]);
        list.push(...chosen.map((option) => option.value));
        if (control.multiple) list.sort();
      } else {
        list.push(ofPage ? control.defaultValue : control.value);
      }
    }
    return found;
  }
  const same = (one, other) => JSON.stringify(one ?? [""]) === JSON.stringify(other ?? [""]);

  function start(box) {
    const form = box.closest("form");
    const key = KEPT + box.dataset.keptForm;
    const shown = form.elements.shown;
    const ofPage = values(form, true);
    const labels = new Map();

    function keep() {
      const before = store.read(key);
      const fields = {};
      const texts = {};
      const now = values(form, false);
      for (const [name, value] of now) {
        if (same(value, ofPage.get(name)) && !(name in (before?.fields ?? {}))) continue;
        fields[name] = value;
      }
      // What another step of the same form has sent is kept, too; a row that was taken away is not.
      for (const [name, value] of Object.entries(before?.fields ?? {})) {
        if (!now.has(name) && !/-[#+]\d+-/.test(name)) fields[name] = value;
      }
      for (const select of form.querySelectorAll("select.admin-autocomplete")) {
        for (const option of select.selectedOptions) texts[option.value] = option.text;
      }
      const files = [...form.querySelectorAll('[type="file"]')].some((input) => input.files.length);
      if (!Object.keys(fields).length && !files) {
        if (before) store.drop(key);
        return;
      }
      store.write(key, { shown: shown?.value, fields, texts: { ...before?.texts, ...texts }, files });
    }

    function controlsOf(name) {
      return [...form.elements].filter((control) => isKept(control) && lasting(form, control.name) === name);
    }
    function put(name, list, texts) {
      const controls = controlsOf(name);
      controls.forEach((control, number) => {
        if (ticks(control)) {
          control.checked = list.includes(control.value);
        } else if (control.options) {
          for (const value of list) {
            if (value && texts[value] && ![...control.options].some((option) => option.value === value)) {
              control.add(new Option(texts[value], value));
            }
          }
          for (const option of control.options) option.selected = list.includes(option.value);
        } else {
          control.value = list[number] ?? "";
        }
        for (const event of ["input", "change"]) control.dispatchEvent(new Event(event, { bubbles: true }));
        control.closest("details")?.setAttribute("open", "");
        const own = control.type === "radio" ? null : control.labels?.[0];
        const label = own ?? control.closest(".form-row")?.querySelector("label, legend");
        const words = control.getAttribute("aria-label") ?? label?.textContent.trim() ?? name;
        labels.set(name, words.replace(/:$/, ""));
      });
      return controls.length > 0;
    }
    // Makes a row for what was typed in one that is new, or that somebody else has deleted.
    function addRow(prefix, place) {
      const total = form.elements[`${prefix}-TOTAL_FORMS`];
      const initial = Number(form.elements[`${prefix}-INITIAL_FORMS`]?.value);
      const more = document.querySelector(`#${prefix}-group .add-row a`);
      while (total && more && Number(total.value) <= initial + place) {
        const count = total.value;
        more.click();
        if (total.value === count) return;
      }
    }
    function restore(kept, rows) {
      const moved = new Map();
      for (const [name, list] of Object.entries(kept.fields)) {
        const [, prefix, mark, number, field] = /^(.+)-([#+])(\d+)-([^-]+)$/.exec(name) ?? [];
        if (Boolean(prefix) !== rows) continue;
        if (same(list, ofPage.get(name))) continue;
        if (mark === "+") addRow(prefix, Number(number));
        if (put(name, list, kept.texts ?? {}) || mark !== "#" || field === "DELETE") continue;
        const gone = `${prefix}#${number}`;
        if (!moved.has(gone)) {
          const total = Number(form.elements[`${prefix}-TOTAL_FORMS`]?.value);
          moved.set(gone, total - Number(form.elements[`${prefix}-INITIAL_FORMS`]?.value));
          addRow(prefix, moved.get(gone));
        }
        put(`${prefix}-+${moved.get(gone)}-${field}`, list, kept.texts ?? {});
      }
    }
    function tell(kept) {
      const lostFile = kept.files && !("sent" in box.dataset);
      if (!labels.size && !lostFile) return;
      const text = box.querySelector("[data-restored]");
      text.textContent = labels.size ? `${text.dataset.restored} ${[...new Set(labels.values())].join(", ")}` : "";
      box.querySelector("[data-files]").hidden = !lostFile;
      box.hidden = false;
    }

    const kept = "restores" in box.dataset ? store.read(key) : null;
    if (kept?.fields) {
      // With what the page showed when this was typed, so that what others have changed since is not undone.
      if (kept.shown && shown) shown.value = kept.shown;
      restore(kept, false);
      tell(kept);
      const isOfPage = (name) => !/-[#+]\d+-/.test(name) && ofPage.has(name);
      if (!labels.size && !("sent" in box.dataset) && Object.keys(kept.fields).every(isOfPage)) store.drop(key);
      // Rows are made by scripts of Django's that start when the page is ready.
      const ready = () => {
        restore(kept, true);
        tell(kept);
      };
      if (window.django?.jQuery) window.django.jQuery(ready);
    }
    box.querySelector("[data-discard]").addEventListener("click", () => {
      store.drop(key);
      // Where the page is the answer to a form, this asks for it anew.
      location.assign(location.pathname + location.search);
    });

    const later = () => setTimeout(keep);
    form.addEventListener("submit", keep);
    form.addEventListener("click", later);
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    // Choices from suggestions tell jQuery alone.
    window.django?.jQuery?.(form).on("change", later);
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const told of document.querySelectorAll('.messagelist [class*="saved-"]')) {
      const [, saved] = /(?:^|\s)saved-(\S+)/.exec(told.className) ?? [];
      if (!saved) continue;
      for (const key of store.keys()) {
        if (key === KEPT + saved || key.startsWith(`${KEPT}${saved}-`)) store.drop(key);
      }
    }
    document.querySelectorAll("[data-kept-form]").forEach(start);
  });
})();
