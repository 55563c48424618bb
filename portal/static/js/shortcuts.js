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

// How much of an item is in view, or of the window is full of it: half is mostly.
export function share(item) {
  const { top, bottom, height } = item.getBoundingClientRect();
  return (Math.min(bottom, innerHeight) - Math.max(top, 0)) / Math.min(height, innerHeight);
}

export function mark(item) {
  for (const other of document.querySelectorAll(".queue-item.is-current")) if (other !== item) other.classList.remove("is-current");
  item?.classList.add("is-current");
}

export function goTo(item) {
  mark(item);
  item.scrollIntoView({ block: "start", behavior: "instant" });
  item.querySelector("h2 a")?.focus({ preventScroll: true });
}

// What an item's key acts on: the marked one of a queue, if it is in view, so that nobody decides what they do not see.
function chosen() {
  const all = [...document.querySelectorAll(".queue-item")];
  if (!document.querySelector(".queue")) return all.length === 1 ? all[0] : null;
  const current = all.find((item) => item.matches(".is-current"));
  return current && share(current) >= 0.5 ? current : null;
}

// With nothing chosen, an item's key only shows which it would act on.
function showWhich(named) {
  const all = [...document.querySelectorAll(".queue .queue-item")].filter((item) => item.querySelector(named));
  const next = all.find((item) => item.matches(".is-current")) ?? all.find((item) => item.getBoundingClientRect().bottom > innerHeight / 4);
  if (next) goTo(next);
}

function press(event) {
  const sheet = event.key === "Escape" && !document.querySelector("dialog[open]") && document.querySelector(".queue-reason[open]");
  if (sheet) {
    sheet.open = false;
    return sheet.querySelector("summary").focus();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || memory.get("keys") === "off") return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")) return;
  if (document.querySelector("dialog[open]")) return; // what lies behind it is not to be reached
  if (event.key === "/") {
    event.preventDefault();
    return document.getElementById("site-search")?.focus();
  }
  if (event.key === "?") return document.querySelector('[data-behaviour~="keys"]')?.click();
  if (event.key === "j") return walk(1);
  if (event.key === "k") return walk(-1);
  if (event.repeat) return; // a key held down decides once
  const named = `[data-key="${CSS.escape(event.key)}"]`, place = chosen();
  // A number gives the reason in what is unfolded; any other key is one of the item's, or takes the last decision back.
  const within = /^\d$/.test(event.key) ? place?.querySelector("details[open]:has([data-key])") : place;
  const button = within?.querySelector(named) ?? (within === place ? document.querySelector(`.flash ${named}`) : null);
  if (!button) return place ? undefined : showWhich(named);
  // What unfolds is gone to at once, and the key that did it is not typed into it.
  event.preventDefault();
  button.click();
  if (button.matches("summary")) button.parentElement.querySelector("form button, form textarea, form select")?.focus();
}

export default function shortcuts(body, pressed) {
  body.addEventListener("keydown", press);
  pressed.forEach(press);
}
