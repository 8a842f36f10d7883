// What did not arrive says so. Stars go back to what the site knows; words that were typed stay.
// Other modules have something said through the event "say".

const LONG_ENOUGH = 15_000;
const sentences = document.getElementById("sentences").content;
const messages = document.getElementById("messages");
const over = document.getElementById("over");

const sentence = (name) => sentences.querySelector(`[data-name=${name}]`).textContent;

function button(name, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button quiet";
  made.textContent = sentence(name);
  made.addEventListener("click", press);
  return made;
}

function say(name, { error = true, actions = {} } = {}) {
  const notice = document.createElement("div");
  const words = document.createElement("p");
  notice.className = error ? "notice error" : "notice success";
  words.textContent = sentence(name);
  notice.append(words, ...Object.entries(actions).map(([label, press]) => button(label, press)));
  notice.append(button("close", () => notice.remove()));
  // Behind an open dialog nobody would see or hear it.
  (over.open ? over.querySelector(".over-said") : messages).replaceChildren(notice);
}

document.addEventListener("say", (event) => say(event.detail.name, event.detail));

function refuse(event, name) {
  if (event.defaultPrevented) return;
  event.detail.elt.closest("form.rate")?.reset();
  say(name);
}

document.addEventListener("htmx:sendError", (event) => refuse(event, "unanswered"));
document.addEventListener("htmx:timeout", (event) => refuse(event, "unanswered"));
document.addEventListener("htmx:responseError", (event) => {
  refuse(event, event.detail.xhr.status === 403 ? "waited" : "failed");
});

// When the page was renewed and took the button with it, the keyboard goes on from its beginning.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "content" && document.activeElement === document.body) {
    document.getElementById("content").focus({ preventScroll: true });
  }
});

// Good news goes by itself, though not from under a hand that is about to press its button.

function leave(notice) {
  if (notice.matches(":hover, :focus-within")) setTimeout(leave, LONG_ENOUGH, notice);
  else notice.remove();
}

function wait() {
  for (const notice of messages.querySelectorAll(".notice.success:not([data-waits])")) {
    notice.dataset.waits = "";
    setTimeout(leave, LONG_ENOUGH, notice);
  }
}

new MutationObserver(wait).observe(messages, { childList: true });
wait();

document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".notice").remove());
