// What the site finds while somebody types: arrows go through it, Enter opens, Escape closes.

const WAIT = 120;
const KEPT = 60;

const field = document.getElementById("search");
const form = field.form;
const list = document.getElementById("suggestions");
const status = document.getElementById("suggestions-status");
const kept = new Map();
let timer, request, active;

const options = () => [...list.querySelectorAll("[role=option]")];
const typed = () => field.value.trim();

field.setAttribute("role", "combobox");
field.setAttribute("aria-autocomplete", "list");
field.setAttribute("aria-controls", list.id);
field.setAttribute("aria-expanded", "false");

function mark(option) {
  active?.setAttribute("aria-selected", "false");
  active = option;
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function show(isOpen) {
  list.hidden = !isOpen;
  field.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) mark(undefined);
}

function close() {
  clearTimeout(timer);
  request?.abort();
  status.textContent = "";
  show(false);
}

function fill(page) {
  mark(undefined);
  list.replaceChildren(...new DOMParser().parseFromString(page, "text/html").body.childNodes);
  const said = list.querySelector("[data-status]");
  status.textContent = said?.textContent ?? "";
  said?.remove();
  show(options().length > 0);
}

async function fetched(words) {
  request = new AbortController();
  const address = `${form.dataset.suggestions}?${new URLSearchParams({ q: words })}`;
  const answer = await fetch(address, { signal: request.signal });
  if (!answer.ok) return "";
  const page = await answer.text();
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
  kept.set(words, page);
  return page;
}

async function suggest() {
  const words = typed();
  if (!words) return close();
  request?.abort();
  // Suggestions are a comfort: where none come, Enter still searches.
  const page = kept.get(words) ?? (await fetched(words).catch(() => undefined));
  if (page !== undefined && words === typed() && document.activeElement === field) fill(page);
}

function move(step) {
  const all = options();
  // Past either end lies the field itself, with what was typed.
  const places = all.length + 1;
  mark(all[(all.indexOf(active) + 1 + step + places) % places - 1]);
}

const keys = {
  ArrowDown: () => (list.hidden ? suggest() : move(1)),
  ArrowUp: () => !list.hidden && move(-1),
  Enter: () => active?.click(),
  Escape: () => close(),
};

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(suggest, WAIT);
});

field.addEventListener("keydown", (event) => {
  if (event.isComposing || !(event.key in keys)) return;
  const isOurs = event.key === "Enter" ? active : event.key !== "Escape" || !list.hidden;
  if (!isOurs) return;
  event.preventDefault();
  keys[event.key]();
});

// A press on a suggestion must not take the focus, and the list with it, before it is a click.
list.addEventListener("pointerdown", (event) => event.preventDefault());
form.addEventListener("submit", close);
field.addEventListener("blur", close);
