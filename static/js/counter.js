// How much room a review still has. Spoken only when it gets scarce.

const SCARCE = 200;

function count(field) {
  const line = document.getElementById(`${field.id}_helptext`);
  if (!line?.dataset.left) return;
  const left = field.maxLength - field.value.length;
  line.textContent = line.dataset[left < 0 ? "over" : "left"].replace("%s", Math.abs(left).toLocaleString(document.documentElement.lang));
  line.classList.toggle("scarce", left < SCARCE);
  line.setAttribute("aria-live", left < SCARCE ? "polite" : "off");
}

const counted = ".review-form textarea[maxlength]";

document.addEventListener("input", (event) => {
  if (event.target.matches(counted)) count(event.target);
});

document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll(counted).forEach(count));
