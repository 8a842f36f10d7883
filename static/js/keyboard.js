// Single keys: "/" logs, "s" searches, "?" shows them all; stars and marks for the film one is at.

const OFF = "marquee.keys-off";
const PLACES = ".card, .ballot > li, .diary tr";
const MARKS = { w: "seen", f: "like", l: "watchlist", n: "hide" };
const PATHS = { seen: "log", like: "like", watchlist: "watchlist", hide: "hide" };
const over = document.getElementById("over");
const linesBefore = new Map();

const typing = (target) =>
  target.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
const filmIn = (address) => address?.match(/^\/films\/(\d+)\//)?.[1];
const show = (address) => document.dispatchEvent(new CustomEvent("over:open", { detail: { address } }));

// The card, row or page that has the focus, and its film.
function here(target) {
  const place = target.closest(PLACES);
  if (!place) return { film: document.querySelector(".film") && filmIn(location.pathname) };
  return { place, film: filmIn(place.querySelector("a[href^='/films/']")?.getAttribute("href")) };
}

function post(path, values, target = "#messages", swap = "none") {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  htmx.ajax("POST", path, { target, swap, values: { ...values, as: "card", csrfmiddlewaretoken: token } });
}

// Stars

function press(key, input) {
  const step = key === "0" ? 10 : Number(key);
  const star = input.querySelector(`[value="${step / 2}"], [value="${(step / 2).toFixed(1)}"]`);
  star.focus({ preventScroll: true });
  star.click();
}

function rateCard(key, { place, film }) {
  const line = place.querySelector(".card-line > :first-child");
  const stars = (key === "0" ? 10 : Number(key)) / 2;
  if (line && !line.matches(".given")) linesBefore.set(film, line.cloneNode(true));
  const predicted = place.querySelector(".guess") ? 1 : "";
  post(`/films/${film}/rate/`, { stars, predicted }, line ?? "#messages", line ? "outerHTML" : "none");
}

function giveStars(event) {
  const at = here(event.target);
  const form = over.open ? over : event.target.closest("form") ?? at.place ?? document.getElementById(`rate-${at.film}`);
  const input = form?.querySelector(".star-input");
  if (input) press(event.key, input);
  else if (at.place && at.film) rateCard(event.key, at);
}

// Undone stars make room for what the card had said before.
document.addEventListener("logged", ({ detail }) => {
  const line = detail.undone && linesBefore.get(String(detail.film));
  for (const link of line ? document.querySelectorAll(`.card a[href^="/films/${detail.film}/"]`) : []) {
    link.closest(".card").querySelector(".card-line > .given")?.replaceWith(line.cloneNode(true));
  }
});

// Marks: the button, where there is one; else the site is told, and says what it did.

function mark(event) {
  const { place, film } = here(event.target);
  const what = MARKS[event.key];
  const button = place ? what === "hide" && place.querySelector(".card-hide button") : document.getElementById(`${what}-${film}`);
  if (button) button.click();
  else if (film) post(`/films/${film}/${PATHS[what]}/`, {});
}

const search = () => document.getElementById("search").focus();

const KEYS = {
  "/": () => (over.dataset.user ? show(over.dataset.log) : search()),
  s: search,
  "?": () => show(over.dataset.keys),
  d: (event) => {
    const { film } = here(event.target);
    if (over.dataset.user) show(film ? `${over.dataset.log}${film}/` : over.dataset.log);
  },
  u: () => document.querySelector("#messages .undo button")?.click(),
  w: mark, f: mark, l: mark, n: mark,
};

// The key that puts a film on the watchlist on its page does so where it is logged, too.
const instead = () => (over.open ? over : document.querySelector("main")).querySelector(".instead");

function doing(event) {
  if (/^\d$/.test(event.key)) return giveStars;
  if (event.key === "l" && instead()) return () => instead().click();
  return over.open ? null : KEYS[event.key];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
  if (event.target.closest("#deck") || localStorage.getItem(OFF)) return;
  const does = doing(event);
  if (!does) return;
  event.preventDefault();
  does(event);
});

// Whoever steers by voice or bumps into keys can switch them off.

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-keys-switch]")) return;
  if (target.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});

const setSwitch = (root) => {
  for (const box of root.querySelectorAll("[data-keys-switch]")) box.checked = !localStorage.getItem(OFF);
};
setSwitch(document);
document.addEventListener("htmx:load", (event) => setSwitch(event.detail.elt));
