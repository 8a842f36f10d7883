// "/" goes to the search field; inside a star input 1 to 9 and 0 give half a star to five.

const typing = (target) => target.matches("input:not([type=radio]), textarea, select, [contenteditable]");

function goToSearch(event) {
  event.preventDefault();
  document.getElementById("search").focus();
}

function giveStars(event, input) {
  const step = event.key === "0" ? 10 : Number(event.key);
  const star = input.querySelector(`[value="${step / 2}"], [value="${(step / 2).toFixed(1)}"]`);
  star.focus();
  star.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") goToSearch(event);
  const input = event.target.closest(".star-input");
  if (input && /^\d$/.test(event.key)) giveStars(event, input);
});
