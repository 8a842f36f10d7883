// What was logged and did not arrive is kept in this browser, for the person who sent it, until it did.

const KEPT = "marquee.kept";
const LOGGING = /^\/(?:films\/(\d+)\/(?:rate|log|watchlist|hide|like)|log\/(\d+))\/$/;
const LOGGED_OUT = [401, 403];
const over = document.getElementById("over");
const me = over.dataset.user;

const read = () => JSON.parse(localStorage.getItem(KEPT) ?? "[]");
const mine = () => read().filter((thing) => thing.user === me);
const write = (things) => localStorage.setItem(KEPT, JSON.stringify(things));
const others = (path) => read().filter((thing) => thing.user !== me || thing.path !== path);
const tell = (type, detail) => document.dispatchEvent(new CustomEvent(type, { detail }));

function say(name, actions, error = true) {
  tell("say", { name, actions, error });
}

const sayKept = () => say("kept", { sendNow: send });
const sayLoggedOut = () => say("loggedOut", { logIn: goToLogIn });

function goToLogIn() {
  location.href = `${over.dataset.login}?next=${encodeURIComponent(location.pathname + location.search)}`;
}

function keep(event, sayWhy) {
  const { path, verb, formData } = event.detail.requestConfig;
  if (verb !== "post" || !LOGGING.test(path)) return;
  event.preventDefault();
  const values = [...formData].filter(([name]) => name !== "csrfmiddlewaretoken");
  write([...others(path), { user: me, path, values }]);
  over.close();
  sayWhy();
}

for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(lost, (event) => keep(event, sayKept));
}

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401) keep(event, sayLoggedOut);
  if (status > 501) keep(event, sayKept);
});

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

function post({ path, values }) {
  const headers = { "HX-Request": "true", "X-CSRFToken": token() };
  return fetch(path, { method: "POST", body: new URLSearchParams(values), headers }).catch(() => null);
}

// True once the site has dealt with it, whatever it made of it.
async function deliver(thing) {
  const answer = await post(thing);
  if (!answer || answer.status > 499) return sayKept();
  const isSentAway = answer.redirected || answer.headers.has("HX-Redirect");
  if (LOGGED_OUT.includes(answer.status) || isSentAway) return sayLoggedOut();
  write(others(thing.path));
  await show(thing, answer);
  return true;
}

async function show({ path }, answer) {
  const found = path.match(LOGGING);
  const answered = await answer.text();
  if (answer.ok) {
    htmx.swap("#messages", answered, { swapStyle: "none" });
    tell("logged", { film: Number(found[1] ?? found[2]) });
  } else if (found[2] && [409, 422].includes(answer.status)) tell("over:show", { answered });
  else say("dropped");
}

async function sendAll() {
  const waiting = mine();
  for (const thing of waiting) if (!(await deliver(thing)) || over.open) return;
  if (waiting.length > 1) say("sent", {}, false);
}

// Two tabs do not send the same thing twice, where the browser lets them agree.
function send() {
  if (!mine().length) return;
  if (navigator.locks) navigator.locks.request(KEPT, sendAll);
  else sendAll();
}

addEventListener("online", send);
send();
