// The voting sheet: keys, counts beside the announced totals, undo, and what was entered, kept until it is saved.
"use strict";

const KEPT = "plenary-sheet-";

const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[‘’]/g, "'");

function startSheet(sheet) {
  const CHOICES = { y: "Y", n: "N", a: "A", x: "X" };
  const part = (name) => sheet.querySelector(`[data-${name}]`);
  const holder = part("rows");
  const form = sheet.closest("form");
  const key = KEPT + sheet.dataset.keptAs;
  const shownWith = part("shown");
  let { fingerprint } = sheet.dataset;
  const alphabet = [...holder.querySelectorAll(".sheet-row")];
  const named = new Map(alphabet.map((row) => [row.dataset.code, row]));
  const members = alphabet.filter((row) => !row.classList.contains("sheet-stranger"));
  members.sort((a, b) => (a.dataset.key < b.dataset.key ? -1 : a.dataset.key > b.dataset.key ? 1 : 0));
  const shown = new Map(alphabet.map((row) => [row.dataset.code, choiceOf(row)]));
  const before = new Map(shown);
  const steps = [];
  let current = null;

  // Choices

  function radiosOf(row) {
    return [...row.querySelectorAll('input[type="radio"]')];
  }
  function choiceOf(row) {
    const value = row.querySelector("input:checked")?.value ?? "";
    return value === "-" ? "" : value;
  }
  function choose(row, choice) {
    const radios = radiosOf(row);
    const radio = radios.find((one) => one.value === choice) ?? radios.at(-1);
    radio.checked = true;
  }
  function nameOf(row) {
    return row.querySelector("[data-name]").textContent;
  }

  // Notes what has changed since it was last asked as one step that can be undone.
  function note() {
    const step = [];
    for (const row of alphabet) {
      const code = row.dataset.code;
      const choice = choiceOf(row);
      if (choice !== before.get(code)) {
        step.push([code, before.get(code)]);
        before.set(code, choice);
      }
    }
    if (step.length) {
      steps.push(step);
      keep();
    }
    count();
    return step;
  }
  function undo() {
    const step = steps.pop();
    if (!step) return;
    for (const [code, choice] of step) {
      choose(named.get(code), choice);
      before.set(code, choice);
    }
    keep();
    count();
    if (step.length === 1) go(named.get(step[0][0]));
  }

  // Counts

  let saying;
  function count() {
    const counted = { "": 0, Y: 0, N: 0, A: 0, X: 0 };
    for (const row of alphabet) {
      const choice = choiceOf(row);
      if (choice || members.includes(row)) counted[choice] += 1;
    }
    const said = [];
    for (const figure of sheet.querySelectorAll(".sheet-count > [data-choice]")) {
      const number = counted[figure.dataset.choice];
      figure.querySelector("[data-counted]").textContent = number;
      said.push(`${figure.dataset.label} ${number}`);
      const difference = figure.querySelector("[data-difference]");
      if (!difference) continue;
      const announced = document.getElementById(figure.dataset.announced)?.value ?? figure.dataset.figure;
      const by = number - Number(announced);
      const differs = announced !== "" && by !== 0;
      const sign = by > 0 ? `+${by}` : `−${-by}`;
      difference.textContent =
        announced === "" ? "" : `(${difference.dataset.text} ${announced}${differs ? `: ${sign}` : ""})`;
      if (differs) said.push(difference.textContent);
      figure.classList.toggle("sheet-differs", differs);
      figure.classList.toggle("sheet-agrees", announced !== "" && !differs);
    }
    part("undo").disabled = steps.length === 0;
    // Said aloud when the keys rest, or it would be said after every one.
    clearTimeout(saying);
    saying = setTimeout(() => { part("said").textContent = said.join(", "); }, 800);
  }

  // Moving: of all the rows, Tab reaches the current one, and there what is chosen.

  function makeCurrent(row) {
    if (current && current !== row) for (const radio of radiosOf(current)) radio.tabIndex = -1;
    current = row;
    for (const radio of radiosOf(row)) radio.tabIndex = 0;
    return row.querySelector("input:checked") ?? radiosOf(row).at(-1);
  }
  function go(row) {
    if (row) makeCurrent(row).focus();
  }
  const move = (by) => {
    const all = [...holder.querySelectorAll(".sheet-row")];
    go(all[Math.min(Math.max(all.indexOf(current) + by, 0), all.length - 1)]);
  };

  // Finding: names that begin with what was typed, then codes, then words within names.

  const finder = part("find");
  const found = part("found");
  let hits = [];
  let hit = 0;
  let from = null;

  // Names begin with letters that choose, too: a choice is taken back where the next letter makes its own the beginning
  // of a name, and made again where no name goes on like that.

  const WITHIN = 2000; // milliseconds from one letter of a name to the next
  let typed = []; // the letters that chose last: where, when, and how many steps there were afterwards
  let taken = []; // those taken back, with which the finder's text begins

  function cast(row, letter) {
    choose(row, CHOICES[letter]);
    const changed = note().length > 0;
    makeCurrent(row);
    move(1);
    return { row, letter, changed, steps: steps.length, at: Date.now() };
  }
  const written = (letters) => letters.map((one) => one.letter).join("");
  function beginningOf(letter) {
    let until = Date.now();
    let letters = [];
    for (const one of [...typed].reverse()) {
      if (until - one.at > WITHIN) break;
      letters = [one, ...letters];
      until = one.at;
    }
    if (letters.at(-1)?.steps !== steps.length) return [];
    const isName = (text) => members.some((row) => row.dataset.key.startsWith(fold(text)));
    while (letters.length && !isName(written(letters) + letter)) letters.shift();
    return letters;
  }
  function openFinderWith(letter) {
    taken = beginningOf(letter);
    for (const one of taken) if (one.changed) undo();
    if (taken.length) makeCurrent(taken[0].row);
    openFinder(written(taken) + letter);
  }
  function castTaken() {
    if (!taken.length || hits.length || !finder.value.startsWith(written(taken))) return;
    const rest = finder.value.slice(taken.length);
    for (const one of taken.splice(0)) cast(one.row, one.letter);
    openFinder(rest);
  }
  function find() {
    const text = fold(finder.value.trim());
    hits = [];
    hit = 0;
    if (text) {
      const of = (test) => members.filter((row) => !hits.includes(row) && test(row));
      hits = of((row) => row.dataset.key.startsWith(text));
      hits = [...hits, ...of((row) => row.dataset.code.toLowerCase() === text)];
      hits = [...hits, ...of((row) => row.dataset.key.split(/[^a-z0-9]+/).some((word) => word.startsWith(text)))];
    }
    tell();
  }
  function tell() {
    const none = finder.value.trim() ? found.dataset.none : "";
    const name = hits.length ? `${nameOf(hits[hit])} (${hit + 1}/${hits.length})` : none;
    found.textContent = taken.length ? `${name} · ${found.dataset.taken}` : name;
    for (const row of alphabet) row.classList.toggle("sheet-found", row === hits[hit]);
    hits[hit]?.scrollIntoView({ block: "center" });
  }
  function leaveFinder(row) {
    finder.value = "";
    taken = [];
    find();
    go(row ?? current ?? members[0]);
  }
  function openFinder(text) {
    from = current;
    finder.value = text;
    finder.focus();
    find();
  }
  finder.addEventListener("input", () => {
    find();
    castTaken();
  });
  finder.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (hits.length) leaveFinder(hits[hit]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      leaveFinder(from);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (hits.length) hit = (hit + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
      tell();
    }
  });

  // Keys

  function pressed(event) {
    const letter = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (letter === "z" && !event.shiftKey) return undo;
      if (event.key === "Enter") return () => form.querySelector('[type="submit"].default')?.click();
      return null;
    }
    if (event.altKey || event.isComposing) return null;
    if (letter in CHOICES) {
      return () => {
        typed.push(cast(current, letter));
      };
    }
    const moves = { ArrowDown: 1, ArrowUp: -1, Home: -alphabet.length, End: alphabet.length };
    if (event.key in moves) return () => move(moves[event.key]);
    if (event.key === "Backspace") return undo;
    if (event.key === "Delete") {
      return () => {
        choose(current, "");
        note();
        go(current);
      };
    }
    if (event.key === "Enter") return () => {};
    if (event.key === "/") return () => openFinder("");
    if (/^\p{L}$/u.test(event.key)) return () => openFinderWith(event.key);
    return null;
  }
  holder.addEventListener("keydown", (event) => {
    const row = event.target.closest(".sheet-row");
    if (!row) return;
    makeCurrent(row);
    const action = pressed(event);
    if (action) {
      event.preventDefault();
      action();
      if (!(event.key.toLowerCase() in CHOICES)) typed = [];
    }
  });
  holder.addEventListener("focusin", (event) => {
    const row = event.target.closest(".sheet-row");
    if (row) makeCurrent(row);
  });
  form.addEventListener("input", (event) => {
    if (holder.contains(event.target)) {
      makeCurrent(event.target.closest(".sheet-row"));
      note();
    } else if (!sheet.contains(event.target)) {
      count();
    }
  });

  // All others, undo, the first row, and the rows that differ

  for (const button of sheet.querySelectorAll("[data-fill]")) {
    button.addEventListener("click", () => {
      for (const row of members) if (!choiceOf(row)) choose(row, button.dataset.fill);
      note();
    });
  }
  part("undo").addEventListener("click", undo);
  for (const link of form.querySelectorAll("[data-go]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(named.get(link.dataset.go));
    });
  }
  part("start").addEventListener("change", (event) => {
    const first = Math.max(members.indexOf(named.get(event.target.value)), 0);
    for (const row of [...members.slice(first), ...members.slice(0, first)]) holder.append(row);
    const address = new URL(location.href);
    if (event.target.value) address.searchParams.set("start", event.target.value);
    else address.searchParams.delete("start");
    history.replaceState(null, "", address);
    if (members.length) makeCurrent(members[first]);
    event.stopPropagation();
  });

  // What is kept in the browser until it is saved

  function keep() {
    const choices = {};
    for (const row of alphabet) if (choiceOf(row)) choices[row.dataset.code] = choiceOf(row);
    store.write(key, { fingerprint, shown: shownWith.value, choices });
  }
  function take(choices) {
    for (const row of alphabet) choose(row, choices[row.dataset.code] ?? "");
    note();
  }
  // Where the record has changed since, the rows that were changed go with what they were shown with: the site finds
  // those that both have changed.
  function mine(kept) {
    const before = Object.fromEntries((kept.shown ?? "").split(" ").map((word) => word.split("=")));
    const touched = (code) => (kept.choices[code] ?? "") !== (before[code] ?? "");
    return Object.fromEntries(
      [...shown].map(([code, choice]) => [code, touched(code) ? kept.choices[code] ?? "" : choice]),
    );
  }
  function restoreKept() {
    const kept = store.read(key);
    if (!kept?.choices) return;
    const unchanged = kept.fingerprint === sheet.dataset.fingerprint;
    const choices = unchanged ? kept.choices : mine(kept);
    if (alphabet.every((row) => (choices[row.dataset.code] ?? "") === choiceOf(row))) {
      store.drop(key);
      return;
    }
    const ofPage = shownWith.value;
    const box = part("kept");
    const text = part("kept-text");
    if (!unchanged) {
      fingerprint = kept.fingerprint;
      shownWith.value = kept.shown ?? "";
    }
    take(choices);
    box.hidden = false;
    text.textContent = unchanged ? text.dataset.restored : text.dataset.changed;
    part("drop-kept").addEventListener("click", () => {
      fingerprint = sheet.dataset.fingerprint;
      shownWith.value = ofPage;
      take(Object.fromEntries(shown));
      store.drop(key);
      box.hidden = true;
      go(current);
    });
  }
  form.addEventListener("submit", keep);

  for (const radio of holder.querySelectorAll('input[type="radio"]')) radio.tabIndex = -1;
  for (const element of sheet.querySelectorAll("[data-no-script]")) element.hidden = true;
  const first = holder.querySelector(".sheet-row");
  if (first) makeCurrent(first);
  part("tools").hidden = false;
  part("keys").hidden = false;
  // Where a page is refused, and shows what was sent, the record's own choices are not what to go back to.
  if ("restores" in sheet.dataset) restoreKept();
  count();
  addEventListener("pageshow", note);
  if (location.hash === "#enter-votes") go(current);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const told of document.querySelectorAll('.messagelist [class*="saved-"]')) {
    const [, user, rollCall] = /\bsaved-(\d+)-votes-rollcall-(\d+)(?:\s|$)/.exec(told.className) ?? [];
    if (!rollCall) continue;
    const saved = `${KEPT}${user}-${rollCall}`;
    for (const key of store.keys()) {
      if (key === saved || key.startsWith(`${saved}-`)) store.drop(key);
    }
  }
  document.querySelectorAll("[data-sheet]").forEach(startSheet);
});
