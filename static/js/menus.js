// An open menu closes on Escape and on a click beside it; a line that scrolls begins with its current link in sight.

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Each line once: afterwards it stays as it was pushed.
const begun = new WeakSet();

function showCurrent() {
  for (const line of document.querySelectorAll(".tabs, .chips, .years")) {
    const current = line.querySelector("[aria-current]");
    if (!current || begun.has(line)) continue;
    begun.add(line);
    const [here, whole] = [current.getBoundingClientRect(), line.getBoundingClientRect()];
    line.scrollLeft += here.left + here.width / 2 - whole.left - whole.width / 2;
  }
}

document.addEventListener("htmx:afterSettle", showCurrent);
showCurrent();
