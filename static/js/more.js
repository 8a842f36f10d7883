// A wall goes on by itself as its end comes near, three times; then it waits for a press, so that what stands
// below it can be reached. Where somebody pressed, the keyboard goes on from the first new film.

const TIMES = 3;
let left = TIMES;
let last = null;

const ends = new IntersectionObserver((seen) => {
  const { isIntersecting, target } = seen.at(-1);
  // Whoever stands on the link presses it.
  if (!isIntersecting || target === document.activeElement) return;
  ends.disconnect();
  left -= 1;
  target.dispatchEvent(new Event("near"));
}, { rootMargin: "0px 0px 800px" });

function watch() {
  const link = document.querySelector("#more > a");
  if (link && left > 0 && !navigator.connection?.saveData) ends.observe(link);
}

// Nothing more is asked for before somebody scrolls on, however short the wall is.
function wait() {
  ends.disconnect();
  addEventListener("scroll", watch, { once: true, passive: true });
}

function begin() {
  left = TIMES;
  wait();
}

const isPressed = (detail) => detail.requestConfig.triggeringEvent?.type !== "near";

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id !== "wall") return;
  const goesOn = isPressed(detail) || document.activeElement?.closest("#more");
  last = goesOn ? detail.target.lastElementChild : null;
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const target = detail.target?.id;
  if (target === "wall") last?.nextElementSibling?.querySelector("a")?.focus({ preventScroll: true });
  if (target === "wall" && !isPressed(detail)) wait();
  else if (["wall", "results", "content"].includes(target)) begin();
});

document.addEventListener("htmx:historyRestore", begin);
begin();
