// Where films were added to the wall, the keyboard goes on from the first new one.

let last = null;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id === "wall") last = detail.target.lastElementChild;
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id !== "wall") return;
  last?.nextElementSibling?.querySelector("a")?.focus({ preventScroll: true });
});
