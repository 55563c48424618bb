// Shows what others asked before, while a question is being written. Nothing typed is lost: each opens in a tab of its own.
import { ask } from "./post.js";

export default function similar(element) {
  const title = element.querySelector("input"), panel = element.querySelector(".similar-found");
  const button = element.querySelector(".similar-look");
  const text = element.closest("form").querySelector(".composer-text");
  let timer, latest = 0, shown = "";

  async function look() {
    const turn = ++latest;
    const words = new URLSearchParams({ title: title.value.trim(), text: (text?.value ?? "").slice(0, 600) });
    const key = String(words);
    if (key === shown) return;
    const found = await ask(`/search/similar?${words}`, { headers: { Accept: "text/html" } }).catch(() => null);
    if (turn !== latest || found === null) return;
    shown = key;
    if (panel.innerHTML !== found) panel.innerHTML = found; // our own part of a page, escaped by the server
  }
  const later = (wait) => {
    clearTimeout(timer);
    latest++;
    timer = setTimeout(look, wait);
  };

  button.hidden = true; // it is done without asking
  title.addEventListener("input", () => later(400));
  text?.addEventListener("change", () => later(0));
  if (title.value.trim()) later(0);
}
