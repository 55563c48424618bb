// Keeps what is typed: on this device at every key, on the server a moment later; brings it back when it was not sent.
import { ask, make } from "./post.js";
import { memory } from "./site.js";

const kept = 'textarea[name], select[name], input[name]:not([type="hidden"], [type="password"], [type="file"], [type="submit"])';

export default function draft(element, event) {
  const form = element.closest("form");
  const { draftKey: key, draftUrl: url } = element.dataset;
  const place = `draft:${key}`;
  const note = form.querySelector(".composer-restored");
  const status = form.querySelector(".composer-saved");
  let timer, flight;

  const fields = () => [...form.querySelectorAll(kept)];
  const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
  // The pictures that have arrived, in their order: their rows are the server's to show.
  const pictures = () => [...form.querySelectorAll('input[name="pictures"]')].map((field) => field.value).join(" ");
  const typed = () => {
    const values = {};
    for (const field of fields()) if (!isChoice(field) || field.checked) values[field.name] = field.value;
    if (form.querySelector(".upload-list")) values.pictures = pictures();
    return values;
  };
  const untouched = JSON.stringify(typed());

  function put(values) {
    if (!url) return Promise.resolve();
    flight?.abort();
    flight = new AbortController();
    return ask(url, { method: "PUT", body: JSON.stringify({ key, fields: values }), headers: { "Content-Type": "application/json", Accept: "application/json" }, signal: flight.signal });
  }

  function save() {
    put(typed()).then(
      () => { if (status) status.textContent = "Draft saved"; },
      () => { if (status) status.textContent = "Draft kept on this device"; },
    );
  }

  function restore() {
    let record = {};
    try { record = JSON.parse(memory.get(place)) ?? {}; } catch { /* not ours */ }
    const { values = {}, sent, shown } = record;
    // Sent, and the server holds no draft any more: it arrived.
    if (!record.values || (sent && note?.hidden !== false) || form.querySelector("[aria-invalid]")) return memory.set(place, null);
    if (JSON.stringify(values) === untouched) return;
    // Left before the server knew which pictures there were: it is told, and shows them. Once, should some be gone.
    if (url && !shown && "pictures" in values && values.pictures !== pictures()) {
      memory.set(place, JSON.stringify({ values, shown: true }));
      put(values).then(() => location.replace(location.pathname + location.search), () => {});
    }
    for (const field of fields()) {
      if (isChoice(field)) field.checked = values[field.name] === field.value;
      else if (field.name in values) field.value = values[field.name];
    }
    if (note) note.hidden = false;
  }

  function discard(event) {
    memory.set(place, null);
    if (event.target.closest("[data-from-server]")) return;
    event.preventDefault();
    form.reset();
    for (const row of form.querySelectorAll(".upload-item")) row.remove();
    note.hidden = true;
    put({}).catch(() => {});
  }

  note?.toggleAttribute("data-from-server", !note.hidden);
  note?.querySelector("button").addEventListener("click", discard);
  const keep = () => {
    memory.set(place, JSON.stringify({ values: typed() }));
    clearTimeout(timer);
    timer = setTimeout(save, 1200);
  };
  form.addEventListener("input", keep);
  // A browser would show a page of its own in place of what was typed.
  const away = make("p", { className: "field-error", role: "alert" });
  form.addEventListener("submit", (event) => {
    const button = event.submitter ?? form.querySelector('[type="submit"]:not([name])');
    if (navigator.onLine || !button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    (button.closest(".form-actions") ?? button).before(away);
    away.textContent = "There is no connection right now. What you typed is kept here: send it when the connection is back.";
    addEventListener("online", () => { away.textContent = "The connection is back."; }, { once: true });
  }, true);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (event.submitter?.name || event.defaultPrevented) return;
    flight?.abort();
    memory.set(place, JSON.stringify({ values: typed(), sent: true }));
  });
  restore();
  // Somebody was quicker than this module.
  if (event && fields().some((field) => "defaultValue" in field && !isChoice(field) && field.value !== field.defaultValue)) keep();
}
