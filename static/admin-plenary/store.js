// What the browser keeps of unsaved entries, for forms (keep.js) and for the voting sheet (sheet.js).
"use strict";

// What is kept is a comfort: without it, or where it is full or forbidden, everything else works.
const store = {
  read(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
  write(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden */ }
  },
  drop(key) {
    try { localStorage.removeItem(key); } catch { /* forbidden */ }
  },
  keys() {
    try { return Object.keys(localStorage); } catch { return []; }
  },
};
