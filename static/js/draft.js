// A review that was begun survives a closed tab: in this browser, until it is saved or thrown away.

const WRITES = /^\/(?:log\/(\d+)|films\/(\d+)\/review)\/$/;
const me = document.getElementById("over").dataset.user;
const sentences = document.getElementById("sentences").content;
const sentence = (name) => sentences.querySelector(`[data-name=${name}]`).textContent;

const keyOf = (film) => `marquee.draft:${me}:${film}`;
const fieldsIn = (root) => [...root.querySelectorAll("form[action] textarea[name=text]")];

function filmOf(field) {
  const found = field.form?.getAttribute("action")?.match(WRITES);
  return found?.[1] ?? found?.[2];
}

function remember(field) {
  const film = filmOf(field);
  if (!film) return;
  const draft = { text: field.value, before: field.defaultValue };
  if (draft.text === draft.before) localStorage.removeItem(keyOf(film));
  else localStorage.setItem(keyOf(film), JSON.stringify(draft));
}

function link(name, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link-button";
  made.textContent = sentence(name);
  made.addEventListener("click", press);
  return made;
}

function note(field, name, ...actions) {
  const line = document.createElement("p");
  line.className = "draft-note small";
  line.append(sentence(name), " ", ...actions.map(([label, press]) => link(label, () => { press(); line.remove(); field.focus(); })));
  field.closest(".field").append(line);
}

function fill(field, text) {
  field.value = text;
  remember(field);
}

function forget(field) {
  localStorage.removeItem(keyOf(filmOf(field)));
  field.value = field.defaultValue;
}

// Over words that were changed since the draft began nothing is written unasked.
function bringBack(field) {
  const film = filmOf(field);
  const draft = film && JSON.parse(localStorage.getItem(keyOf(film)));
  if (!draft || draft.text === field.defaultValue) return;
  const away = ["throwAway", () => forget(field)];
  if (draft.before !== field.defaultValue) return note(field, "older", ["use", () => fill(field, draft.text)], away);
  field.value = draft.text;
  note(field, "draft", away);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[name=text]")) remember(event.target);
});

document.addEventListener("htmx:load", (event) => fieldsIn(event.detail.elt).forEach(bringBack));

document.addEventListener("logged", (event) => {
  if (!event.detail.undone) localStorage.removeItem(keyOf(event.detail.film));
});

// The form on the page of a film is answered by that page, or by the one to log in on.
document.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, successful, xhr } = event.detail;
  const isKept = successful && xhr.status < 400;
  const found = isKept && requestConfig.verb === "post" && requestConfig.path.match(/^\/films\/(\d+)\/review\/$/);
  if (found && xhr.responseURL.includes(`/films/${found[1]}/`)) localStorage.removeItem(keyOf(found[1]));
});
