// Single keys: / searches, j and k walk through a list, a moderator's keys decide. They can be switched off (keys.js).
import { memory } from "./site.js";

const items = "[data-reply], .row, .queue-item";

function walk(step) {
  const all = [...document.querySelectorAll(items)].filter((item) => !item.closest(".queue-item:not(:scope)") || item.matches(".queue-item"));
  const now = all.findIndex((item) => item.classList.contains("is-current"));
  const next = all[Math.max(0, Math.min(all.length - 1, now + step))];
  if (!next) return;
  all[now]?.classList.remove("is-current");
  next.classList.add("is-current");
  next.scrollIntoView({ block: "nearest" });
  (next.querySelector(".row-title a, .reply-number, h2 a, h3 a") ?? next.querySelector("a, button") ?? next).focus({ preventScroll: true });
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || memory.get("keys") === "off") return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (event.key === "/") {
    event.preventDefault();
    return document.getElementById("site-search")?.focus();
  }
  if (event.key === "j") return walk(1);
  if (event.key === "k") return walk(-1);
  const place = document.querySelector(".queue-item.is-current, .queue-item:focus-within") ?? document.querySelector(".queue-item");
  // A number gives the reason in what is unfolded; any other key is one of the item's, or takes the last decision back.
  const within = /^\d$/.test(event.key) ? place?.querySelector("details[open]:has([data-key])") : place;
  const named = `[data-key="${CSS.escape(event.key)}"]`;
  const button = within?.querySelector(named) ?? (within === place ? document.querySelector(`.flash ${named}`) : null);
  if (!button) return;
  // What unfolds is gone to at once, and the key that did it is not typed into it.
  event.preventDefault();
  button.click();
  if (button.matches("summary")) {
    const sheet = button.parentElement;
    for (const other of place.querySelectorAll(".queue-reason[open]")) if (other !== sheet) other.open = false;
    sheet.querySelector("form button, form textarea, form select")?.focus();
  }
}

export default function shortcuts(body, event) {
  body.addEventListener("keydown", press);
  press(event);
}
