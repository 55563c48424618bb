// Switches between light and dark; what equals the system's own wish is not kept.
import { memory } from "./site.js";

export default function theme(button, event) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const turn = () => {
    const now = document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    const own = next !== (system.matches ? "dark" : "light");
    if (own) document.documentElement.dataset.theme = next;
    else delete document.documentElement.dataset.theme;
    memory.set("theme", own ? next : null);
    button.setAttribute("aria-label", `Light or dark, now ${next}`);
  };
  button.addEventListener("click", turn);
  if (event) turn();
}
