// Tile grids: one stop for Tab and arrow keys from square to square, and a line that says whose square it is.
// Without this each square is a link with a title, and can be reached by Tab.
"use strict";
(() => {
  const SQUARE = ".tiles > a";
  const LIVE = ".tiles-now";
  const WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  let pressed = null;

  const squares = (grid) => [...grid.querySelectorAll(":scope > a")];
  const square = (event) => event.target.closest?.(SQUARE);
  const place = (one) => {
    const { e, f } = one.transform.baseVal.consolidate().matrix;
    return [e, f];
  };

  // One square of a grid is a stop for Tab: the first, later the last one visited.
  const prepare = () => {
    for (const grid of document.querySelectorAll(".tiles:not([data-ready])")) {
      squares(grid).forEach((one, number) => one.setAttribute("tabindex", number ? "-1" : "0"));
      grid.dataset.ready = "";
      const line = grid.parentElement.querySelector(LIVE);
      if (line?.dataset.keys) line.textContent = line.dataset.keys;
    }
  };

  // The line is not announced: a screen reader says the name of the link that has the focus already.
  const tell = (one) => {
    const line = one.closest(".tile-grid")?.querySelector(LIVE);
    if (!line) return;
    line.textContent = one.querySelector("title").textContent;
    line.classList.add("told");
  };

  // The nearest square that way: what lies ahead counts once, what lies to the side twice.
  const next = (one, [across, down]) => {
    const [x, y] = place(one);
    let best = null;
    let least = Infinity;
    for (const other of squares(one.parentElement)) {
      const [toX, toY] = place(other);
      const ahead = (toX - x) * across + (toY - y) * down;
      const aside = Math.abs((toX - x) * down) + Math.abs((toY - y) * across);
      const far = ahead + 2 * aside;
      if (ahead > 0 && far < least) [best, least] = [other, far];
    }
    return best;
  };

  const target = (one, key) => {
    if (key === "Home") return squares(one.parentElement).at(0);
    if (key === "End") return squares(one.parentElement).at(-1);
    return key in WAYS ? next(one, WAYS[key]) : null;
  };

  document.addEventListener("keydown", (event) => {
    const one = square(event);
    if (!one || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = target(one, event.key);
    if (to || event.key in WAYS) event.preventDefault();
    to?.focus();
  });

  document.addEventListener("focusin", (event) => {
    const one = square(event);
    if (!one) return;
    for (const other of squares(one.parentElement)) other.setAttribute("tabindex", other === one ? "0" : "-1");
    tell(one);
  });

  document.addEventListener("pointerover", (event) => {
    const one = square(event);
    if (one && event.pointerType === "mouse") tell(one);
  });

  // A finger first learns whose square it is; touching the same one again follows the link.
  document.addEventListener("pointerdown", (event) => {
    const one = square(event);
    pressed = one && event.pointerType !== "mouse" && document.activeElement !== one ? one : null;
  });
  document.addEventListener("click", (event) => {
    const one = square(event);
    if (one && one === pressed) {
      event.preventDefault();
      one.focus();
    }
    pressed = null;
  });

  document.addEventListener("htmx:afterSettle", prepare);
  prepare();
})();
