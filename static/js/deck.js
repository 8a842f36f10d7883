// While the deck has the focus: digits give stars, h says "haven't seen it", u takes the last answer back.
// A click on a star answers at once; arrow keys only choose, and Enter answers.

const LISTED = ".start-places > [data-film]";
const deck = () => document.getElementById("deck");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let places = new Map();

const press = (selector) => deck().parentElement.querySelector(selector)?.click();

function giveStars(key) {
  const star = document.getElementById(`deck-${key === "0" ? 10 : key}`);
  if (!star) return;
  star.checked = true;
  star.form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (!event.target.closest("#deck")) return;
  const key = event.key.toLowerCase();
  if (!/^[\dhu]$/.test(key)) return;
  event.preventDefault();
  event.stopPropagation();
  if (key === "h") press("[name=unseen]");
  else if (key === "u") press("#deck-undo");
  else giveStars(key);
}, true);

// The keyboard's own clicks, which come with arrow keys, have no detail.
document.addEventListener("click", (event) => {
  if (event.detail && event.target.matches(".deck .star-row input")) event.target.form.requestSubmit();
});

// The list sorts itself before one's eyes: every film glides from where it stood.
document.addEventListener("htmx:beforeSwap", () => {
  places = new Map([...document.querySelectorAll(LISTED)].map((film) => [film.dataset.film, film.getBoundingClientRect()]));
});

function glide(film) {
  const from = places.get(film.dataset.film);
  const to = film.getBoundingClientRect();
  const start = from
    ? { transform: `translate(${from.left - to.left}px, ${from.top - to.top}px)` }
    : { opacity: 0 };
  film.animate([start, {}], { duration: 420, easing: "cubic-bezier(.2, .8, .2, 1)" });
}

document.addEventListener("htmx:afterSettle", () => {
  if (!calm.matches && places.size) document.querySelectorAll(LISTED).forEach(glide);
  deck()?.focus({ preventScroll: true });
});

deck()?.focus({ preventScroll: true });
