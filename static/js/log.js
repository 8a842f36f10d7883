// The dialog over any page: a finder, the form of a film, the list of keys.

const over = document.getElementById("over");
const body = document.getElementById("over-body");
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("marquee") : null;
// A digit pressed before the form is there counts when it is.
let waiting = false;
let early = "";
const RENEWS = "X-Renews";
const IN_DIARY = /^\/people\/[^/]+\/diary\//;
const SECOND_THOUGHT = 400; // milliseconds, more than any hx-trigger of a form delays

const finder = () => document.getElementById("log-finder");
const focusOn = (...selectors) =>
  selectors.map((selector) => body.querySelector(selector)).find(Boolean)?.focus();

function show() {
  if (!over.open) over.showModal();
}

function beginToFind() {
  body.replaceChildren(finder().content.cloneNode(true));
  htmx.process(body);
  show();
  focusOn("#log-q");
}

function fetchInto(address) {
  if (!over.open) {
    const bulbs = document.createElement("p");
    bulbs.className = "bulbs";
    body.replaceChildren(bulbs);
  }
  show();
  htmx.ajax("GET", address, { target: body, swap: "innerHTML" });
}

function open(address) {
  const { pathname, search } = new URL(address, location.href);
  if (pathname === over.dataset.keys) return fetchInto(pathname);
  if (!finder() || location.pathname === pathname) return location.assign(address);
  return pathname === over.dataset.log && !search ? beginToFind() : fetchInto(pathname + search);
}

document.addEventListener("over:open", (event) => open(event.detail.address));

document.addEventListener("over:show", (event) => {
  htmx.swap(body, event.detail.answered, { swapStyle: "innerHTML" });
  show();
});

// Links to a log open it here; the one in the header is about the film one looks at.

const filmOfPage = () => document.querySelector(".film") && location.pathname.match(/^\/films\/(\d+)\//)?.[1];

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-log]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const film = link.dataset.log === "here" && filmOfPage();
  open(film ? `${over.dataset.log}${film}/` : link.href);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) over.close();
});

over.addEventListener("close", () => {
  if (over.open) return; // the event comes late, and the dialog may be open for another film again
  waiting = false;
  body.replaceChildren();
  over.querySelector(".over-said").replaceChildren();
});

// Waiting for what was asked for, and where the keyboard goes when it came

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target !== body || detail.requestConfig.verb !== "get") return;
  waiting = true;
  early = "";
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.target === body && detail.failed) waiting = false;
});

function giveEarlyStars() {
  const star = early && body.querySelector(`#log-stars-${early === "0" ? 10 : early}`);
  if (star) star.checked = true;
  early = "";
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target !== body) return;
  waiting = false;
  over.scrollTop = 0;
  giveEarlyStars();
  focusOn(
    ":has(> .errorlist) :is(input, textarea)", ".conflict a", ".star-row :checked", ".star-row input", "#log-q",
  );
});

// Keys that belong to the dialog

function walk(event) {
  const places = [...body.querySelectorAll("#log-q, .found a")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.closest(".log-finder")) return;
  event.preventDefault();
  places[Math.max(0, places.indexOf(event.target) + step)]?.focus();
}

function save(event) {
  const form = event.target.closest(".log-form") ?? body.querySelector(".log-form");
  if (form) form.requestSubmit();
  else if (event.target.id === "search" && finder()) {
    open(`${over.dataset.log}?open=1&q=${encodeURIComponent(event.target.value)}`);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(event);
  if (!over.open) return;
  if (waiting && /^\d$/.test(event.key)) {
    early = event.key;
    event.preventDefault();
  }
  walk(event);
}, true);

// One's own tags complete the word after the last comma, too.
document.addEventListener("input", (event) => {
  if (event.target.getAttribute("list") !== "log-own-tags") return;
  const before = event.target.value.replace(/[^,]*$/, "");
  for (const option of event.target.list.options) {
    option.dataset.name ??= option.value;
    option.value = before ? `${before} ${option.dataset.name}`.replace(/ +/g, " ") : option.dataset.name;
  }
});

// What was logged shows where it stands, here and in other tabs; rows of films stay as they are.

function renew(film) {
  const shown = location.pathname.startsWith(`/films/${film}/`) || IN_DIARY.test(location.pathname);
  if (!shown) return null;
  const address = location.pathname + location.search;
  const place = { target: "#content", select: "#content", swap: "outerHTML show:none" };
  return htmx.ajax("GET", address, { ...place, headers: { [RENEWS]: "1" } });
}

// What somebody pressed in the meantime brings the newest page itself, and needs its own place on this one.
// A form waits a moment for a second thought before its request begins.
let changedAt = -Infinity;
const noteIn = (type, time) =>
  document.addEventListener(type, ({ target }) => { if (target.closest("#content")) changedAt = time(); });
noteIn("change", () => performance.now());
noteIn("htmx:beforeRequest", () => -Infinity);

const isWaitedFor = () =>
  document.querySelector("#content .htmx-request") || performance.now() - changedAt < SECOND_THOUGHT;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig.headers[RENEWS] && isWaitedFor()) detail.shouldSwap = false;
});

// Until the page is new nothing on the old one can be pressed; then the keyboard is where it was.
async function hold(renewed) {
  const content = document.getElementById("content");
  const { id } = document.activeElement;
  content.inert = true;
  await renewed.catch(() => null);
  content.inert = false;
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

document.addEventListener("logged", ({ detail }) => {
  over.close();
  tabs?.postMessage({ film: detail.film });
  const renewed = renew(detail.film);
  if (renewed) hold(renewed);
});

tabs?.addEventListener("message", ({ data }) => {
  if (!document.activeElement?.matches("textarea")) renew(data.film);
});
