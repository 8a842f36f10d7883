// What did not arrive says so. Stars go back to what the site knows; words that were typed stay.

const UNANSWERED = "The site did not answer. Nothing is saved yet: try again.";
const FAILED = "That did not work. Nothing is saved yet: try again.";
const WAITED = "This page waited too long. Reload it and try again.";

function refuse(event, sentence) {
  event.detail.elt.closest("form.rate")?.reset();
  const message = document.createElement("p");
  message.className = "notice error";
  message.textContent = sentence;
  document.getElementById("messages").replaceChildren(message);
}

document.addEventListener("htmx:sendError", (event) => refuse(event, UNANSWERED));
document.addEventListener("htmx:responseError", (event) => {
  refuse(event, event.detail.xhr.status === 403 ? WAITED : FAILED);
});

// When the page was renewed and took the button with it, the keyboard goes on from its beginning.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "content" && document.activeElement === document.body) {
    document.getElementById("content").focus({ preventScroll: true });
  }
});
