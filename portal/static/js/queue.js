// The queue: marks the item that keys act on (gone to, or most in view), goes on to the next after a decision, counts what is chosen.
import { goTo, mark, share } from "./shortcuts.js";

const place = {
  take() { try { const at = sessionStorage.getItem("queue"); sessionStorage.removeItem("queue"); return at; } catch { return null; } },
  keep(at) { try { sessionStorage.setItem("queue", at); } catch { /* private mode */ } },
};

function follow(items) {
  const current = items.find((item) => item.matches(".is-current"));
  if (current && share(current) >= 0.5) return;
  const [best] = items.filter((item) => share(item) >= 0.5).sort((one, other) => share(other) - share(one));
  mark(best);
}

function several(list, bar) {
  const buttons = [["approve", "Approve"], ["spam", "Remove as spam:"]].map(([act, words]) => [bar.querySelector(`[value="${act}"]`), words]);
  const count = () => {
    const n = list.querySelectorAll(".queue-tick input:checked").length;
    bar.querySelector("[data-count]").textContent = n ? `${n} chosen:` : "None chosen.";
    for (const [button, words] of buttons) {
      button.disabled = !n;
      button.textContent = n ? `${words} ${n}` : words.replace(":", "");
      button.dataset.confirm = n > 1 ? `${words} ${n}?` : "";
    }
  };
  list.addEventListener("change", count);
  addEventListener("pageshow", count);
  count();
}

export default function queue(list) {
  const items = [...list.querySelectorAll(".queue-item")];
  const named = items.find((item) => location.hash === `#${item.id}`), at = place.take();
  const next = named ?? (at === null ? null : items[Math.min(at, items.length - 1)]);
  if (next) goTo(next);
  else follow(items);
  list.addEventListener("focusin", (event) => { const item = event.target.closest(".queue-item"); if (item) mark(item); });
  list.addEventListener("submit", (event) => place.keep(items.indexOf(event.target.closest(".queue-item"))));
  // A sheet unfolds under the finger: the second tap of two, at the same place, is not one of its reasons.
  let unfolded = { timeStamp: -Infinity };
  list.addEventListener("click", (event) => {
    if (event.target.closest(".queue-reason > summary")) return void (unfolded = event);
    const near = Math.hypot(event.clientX - unfolded.clientX, event.clientY - unfolded.clientY) < 30;
    if (event.detail && near && event.timeStamp - unfolded.timeStamp < 500 && event.target.closest(".queue-reason button")) event.preventDefault();
  });
  let waits = 0;
  addEventListener("scroll", () => { waits ||= requestAnimationFrame(() => { waits = 0; follow(items); }); }, { passive: true });
  const bar = document.getElementById("bulk");
  if (bar) several(list, bar);
}
