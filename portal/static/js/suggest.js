// Offers places while a search is being typed: a combobox with a list, by the ARIA pattern. Without it the form is a form.
import { ask, make } from "./post.js";

let number = 0;

export default function suggest(form) {
  const input = form.querySelector('input[type="search"]');
  const list = make("ul", { className: "mentions suggestions", id: `suggestions-${++number}`, hidden: true });
  const told = make("span", { className: "visually-hidden" });
  for (const [name, value] of [["role", "listbox"], ["aria-label", "Suggestions"]]) list.setAttribute(name, value);
  told.setAttribute("role", "status");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" }))
    input.setAttribute(name, value);
  input.after(list, told);
  let chosen = -1, timer, latest = 0;

  const mark = (n) => {
    chosen = n;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", i === n));
    if (n < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[n].id);
    list.children[n].scrollIntoView({ block: "nearest" });
  };
  const show = (on) => {
    list.hidden = !on;
    input.setAttribute("aria-expanded", on);
    if (!on) mark(-1);
  };
  const close = () => {
    clearTimeout(timer);
    latest++; // an answer on its way is not wanted any more
    show(false);
    told.textContent = "";
  };
  const go = (item) => location.assign(item.dataset.address);

  async function offer(words) {
    const turn = ++latest;
    const found = await ask(`/search/suggest?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } }).catch(() => []);
    if (turn !== latest || document.activeElement !== input) return;
    list.replaceChildren(...found.map(({ label, what, address }, i) => {
      const item = make("li", { id: `${list.id}-${i}` }, make("span", { dir: "auto", textContent: label }), make("span", { className: "meta", textContent: what }));
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.address = address;
      item.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      item.addEventListener("click", () => go(item));
      return item;
    }));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    show(found.length > 0);
    told.textContent = found.length ? `${found.length} ${found.length === 1 ? "suggestion" : "suggestions"}` : "";
  }

  function ahead() {
    clearTimeout(timer);
    latest++;
    const words = input.value.trim();
    if (words.length < 2 && !/[^\x00-\x7f]/.test(words)) return close();
    timer = setTimeout(() => offer(words), 150);
  }

  input.addEventListener("input", ahead);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const many = list.children.length, step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.hidden) {
      if (event.key === "ArrowDown" && input.value.trim()) ahead();
      return;
    }
    // One place more than there are: the field itself, with what was typed.
    if (step) mark(((chosen + 1 + step + many + 1) % (many + 1)) - 1);
    else if (event.key === "Enter" && chosen >= 0) go(list.children[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
  // Somebody was quicker than this module.
  if (document.activeElement === input && input.value !== input.defaultValue) ahead();
}
