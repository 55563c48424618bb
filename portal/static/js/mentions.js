// Offers names while an @word is being typed.
import { ask, make } from "./post.js";
import { insert } from "./composer.js";

export default function mentions(text, url) {
  const list = make("ul", { className: "mentions", id: `${text.id}-names`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Members");
  text.after(list);
  text.setAttribute("aria-controls", list.id);
  text.setAttribute("aria-autocomplete", "list");
  let chosen = 0, start = 0, timer, latest = 0;

  const close = () => {
    list.hidden = true;
    text.removeAttribute("aria-activedescendant");
  };
  const mark = (n) => {
    chosen = (n + list.children.length) % list.children.length;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", i === chosen));
    text.setAttribute("aria-activedescendant", list.children[chosen].id);
  };
  const take = (item) => {
    insert(text, `@${item.dataset.username} `, start, text.selectionEnd);
    close();
  };

  async function offer(part) {
    const turn = ++latest;
    const people = await ask(`${url}?q=${encodeURIComponent(part)}`, { headers: { Accept: "application/json" } }).catch(() => []);
    if (turn !== latest) return;
    list.replaceChildren(...people.slice(0, 6).map((person, i) => {
      const item = make("li", { id: `${list.id}-${i}` }, make("strong", { dir: "auto" }, person.display_name), make("span", {}, `@${person.username}`));
      item.dataset.username = person.username;
      item.setAttribute("role", "option");
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(item); });
      return item;
    }));
    list.hidden = !people.length;
    people.length ? mark(0) : close();
  }

  function look() {
    const match = /(?:^|[\s(])@([\w-]{1,30})$/.exec(text.value.slice(0, text.selectionEnd));
    clearTimeout(timer);
    latest++;
    if (!match) return close();
    start = text.selectionEnd - match[1].length - 1;
    timer = setTimeout(() => offer(match[1]), 150);
  }

  text.addEventListener("input", look);
  if (document.activeElement === text) look(); // typed before this module was here
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) mark(chosen + step);
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  text.addEventListener("blur", close);
}
