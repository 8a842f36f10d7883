// A rating that did not arrive says so, and the stars go back to what the site knows.

const UNANSWERED = "The site did not answer. Your stars are not saved yet: try again.";
const FAILED = "That did not work. Your stars are not saved yet: try again.";
const WAITED = "This page waited too long. Reload it and give your stars again.";

function refuse(event, sentence) {
  event.detail.elt.closest("form")?.reset();
  const message = document.createElement("p");
  message.className = "notice error";
  message.textContent = sentence;
  document.getElementById("messages").replaceChildren(message);
}

document.addEventListener("htmx:sendError", (event) => refuse(event, UNANSWERED));
document.addEventListener("htmx:responseError", (event) => {
  refuse(event, event.detail.xhr.status === 403 ? WAITED : FAILED);
});
