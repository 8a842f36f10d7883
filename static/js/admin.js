// Names for what the panel's scripts make without one.
const SEARCH = ".select2-search__field:not([aria-label])";
const CLEAR = "ul > .select2-selection__clear";

function selectOf(field) {
  const drawn = field.closest("select + .select2-container") ?? document.querySelector("select + .select2-container--open");
  return drawn?.previousElementSibling;
}

function nameSearch(field) {
  field.ariaLabel = selectOf(field)?.labels[0]?.textContent.trim() || field.closest("main")?.dataset.filters || "…";
}

// A list holds items alone.
function makeItem(button) {
  const item = document.createElement("li");
  button.replaceWith(item);
  item.append(button);
}

function tidy() {
  document.querySelectorAll(SEARCH).forEach(nameSearch);
  document.querySelectorAll(CLEAR).forEach(makeItem);
}

for (const box of document.querySelectorAll("[data-simplebar]")) {
  const around = box.closest("nav")?.ariaLabel ?? document.querySelector("main")?.dataset.filters;
  if (around) box.dataset.simplebarAriaLabel = around;
}
// Column names begin small; beside a cell of a narrow screen they are headings.
for (const cell of document.querySelectorAll("[data-label]")) {
  cell.dataset.label = cell.dataset.label.charAt(0).toUpperCase() + cell.dataset.label.slice(1);
}
tidy();
new MutationObserver(tidy).observe(document.body, { childList: true, subtree: true });
