// Shows what others asked before, while a question is being written. Nothing typed is lost: each opens in a tab of its own.
import { ask } from "./post.js";

export default function similar(element) {
  const title = element.querySelector("input"), panel = element.querySelector(".similar-found");
  const button = element.querySelector(".similar-look"), hint = panel.innerHTML;
  const text = element.closest("form").querySelector(".composer-text");
  const beside = matchMedia("(min-width: 68rem)"); // as in similar.css; else the open list lies over the text
  let timer, latest = 0, shown = "", open = beside.matches;

  // As it stands, else as it was left: the event that tells of a change comes later than the next key may.
  const isOpen = () => panel.querySelector("details")?.open ?? open;

  async function look() {
    const turn = ++latest;
    const words = new URLSearchParams({ title: title.value.trim(), text: (text?.value ?? "").slice(0, 600) });
    const key = String(words);
    if (key === shown) return;
    const found = await ask(`/search/similar?${words}`, { headers: { Accept: "text/html" } }).catch(() => null);
    if (turn !== latest || found === null) return;
    shown = key;
    const fresh = document.createElement("template");
    fresh.innerHTML = found.trim() || hint; // our own part of a page, escaped by the server
    const list = fresh.content.querySelector("details");
    if (list) list.open = open = isOpen();
    if (panel.innerHTML === fresh.innerHTML) return;
    const within = panel.contains(document.activeElement);
    panel.replaceChildren(fresh.content);
    if (within) (list?.querySelector("summary") ?? title).focus({ preventScroll: true });
  }
  const later = (wait) => {
    clearTimeout(timer);
    latest++;
    timer = setTimeout(look, wait);
  };
  const close = () => panel.querySelector("details")?.removeAttribute("open");

  button.hidden = true; // it is done without asking
  title.addEventListener("input", () => later(400));
  text?.addEventListener("change", () => later(0));
  panel.addEventListener("toggle", (event) => { open = event.target.open; }, true);
  document.addEventListener("click", (event) => { if (!beside.matches && !panel.contains(event.target)) close(); });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel.querySelector("details[open]")) return;
    close();
    panel.querySelector("summary").focus();
  });
  if (title.value.trim()) later(0);
}
