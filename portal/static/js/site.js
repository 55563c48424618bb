// Wakes behaviours: a module is fetched when its part of the page is first touched, so that reading a page costs one script.
const root = document.documentElement;

export const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* private mode */ } },
};

const theme = memory.get("theme");
if (theme) root.dataset.theme = theme;

// behaviour: the events that wake it.
const wakes = {
  ahead: "pointerover touchstart focusin",
  back: "click",
  composer: "focusin pointerover dragenter click",
  confirm: "submit",
  draft: "focusin",
  fleeting: "",
  guard: "input",
  hue: "change",
  keys: "click",
  menu: "toggle",
  parts: "focusin input",
  queue: "",
  quote: "pointerup keyup click",
  shortcuts: "keydown",
  similar: "focusin input",
  suggest: "focusin input",
  theme: "click",
  upload: "focusin pointerover dragenter change",
  viewer: "click",
};
// What must not happen meanwhile: the event is stopped and handed over. Any other click is none of the module's business.
const held = {
  back: () => history.length > 1,
  confirm: () => true,
  quote: (event) => event.type === "click" && event.target.closest("[data-quote]"),
  viewer: (event) => event.target.closest("[data-viewer]") && !(event.ctrlKey || event.metaKey || event.shiftKey),
};
const suits = {
  ahead: (event) => event.target.closest?.("a[href]"),
  quote: (event) => document.querySelector(".composer-text") && (event.type === "click" || String(getSelection()).trim()),
};

// What is pressed while the module that acts on it is being fetched is pressed once more as soon as it is there.
const late = { composer: "[data-tool]" };
const pressed = new WeakMap();

const awake = new WeakMap();
let early = []; // keys pressed while what they do is fetched

async function wake(element, name, event) {
  const names = awake.get(element) ?? new Set();
  if (name === "shortcuts" && event) early?.push(event);
  const press = event?.type === "click" && late[name] && event.target.closest(late[name]);
  if (names.has(name)) {
    if (press && pressed.has(element)) pressed.set(element, press);
    return;
  }
  if (late[name]) pressed.set(element, press || null);
  if (event && suits[name] && !suits[name](event)) return;
  if (event && held[name]) {
    if (held[name](event)) event.preventDefault();
    else if (event.type === "click") return;
  }
  awake.set(element, names.add(name));
  const module = await import(`./${name}.js`).catch(() => null);
  const again = late[name] && pressed.get(element);
  if (late[name]) pressed.delete(element);
  if (!module) { // no connection: the next touch tries again, and a link that was held leads on
    names.delete(name);
    const link = event?.type === "click" && event.defaultPrevented && event.target.closest("a[href]");
    if (link) location.assign(link.href);
    return;
  }
  if (name !== "shortcuts") {
    module.default(element, event);
    again?.click();
    return;
  }
  module.default(element, early);
  early = null;
}

function behavioursAt(target, visit) {
  for (let element = target.closest?.("[data-behaviour]"); element; element = element.parentElement?.closest("[data-behaviour]"))
    for (const name of element.dataset.behaviour.split(" ")) visit(element, name);
}

for (const type of new Set(Object.values(wakes).join(" ").match(/\w+/g)))
  document.addEventListener(type, (event) => behavioursAt(event.target, (element, name) => {
    if (wakes[name]?.split(" ").includes(type)) wake(element, name, event);
  }), true);

// A page that comes back as it was left is somebody's: it is made anew if they have signed out, or somebody else in.
let who;
addEventListener("pageshow", (event) => {
  if (!event.persisted || memory.get("who") === who) return;
  root.hidden = true;
  location.reload();
});

// What was typed and not sent is shown at once; words of time change after a minute.
function ready() {
  who = document.querySelector(".menu-who span")?.textContent ?? null;
  memory.set("who", who);
  for (const element of document.querySelectorAll("[data-draft-key]"))
    if (memory.get(`draft:${element.dataset.draftKey}`)) wake(element, "draft");
  // Pictures are pasted anywhere on the page; the queue marks what its keys act on, and its offers run out; an address
  // that names a picture opens it.
  for (const name of ["upload", "queue", "fleeting"])
    for (const element of document.querySelectorAll(`[data-behaviour~="${name}"]`)) wake(element, name);
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) { // of more than fit, the one that is open is seen
    const [strip, own] = [tab.parentElement.getBoundingClientRect(), tab.getBoundingClientRect()];
    if (own.right > strip.right || own.left < strip.left) tab.parentElement.scrollLeft += own.left - strip.left - (strip.width - own.width) / 2;
  }
  const shown = /^#picture-\w+$/.test(location.hash) && document.querySelector(`${location.hash}, [data-older], [data-newer]`);
  if (shown) wake(shown.closest('[data-behaviour~="viewer"]') ?? shown, "viewer");
  setTimeout(() => import("./times.js"), 60_000);
}
document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", ready) : ready();
