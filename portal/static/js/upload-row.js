// One picture on its way: a row with a small copy, a bar, and the fields that go with the form once it has arrived.
import { make } from "./post.js";

let number = 0;

// A row for a file, from the page's own template; its fields have names only when there is something to send.
export function newRow(element, file) {
  const row = element.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
  const id = `new-picture-${(number += 1)}`;
  const alt = row.querySelector('[data-field="alt"]');
  row.querySelector("label").htmlFor = alt.id = id;
  row.querySelector(".field-hint").id = `${id}-hint`;
  alt.setAttribute("aria-describedby", `${id}-hint`);
  row.querySelector("[data-name]").textContent = file.name;
  row.querySelector("progress").setAttribute("aria-label", file.name);
  return row;
}

// share: of the file that was sent; null: it waits for its turn.
export function showProgress(row, share) {
  row.querySelector("[data-progress]").hidden = false;
  row.querySelector("progress").value = share ?? 0;
  row.querySelector("[data-status]").textContent =
    share === null ? "Waits for its turn" : share < 1 ? `${Math.round(share * 100)} %` : "Has arrived, is being looked at";
  row.querySelector("[data-cancel]").hidden = false;
  row.querySelector("[data-take-out]").hidden = true;
  row.querySelector("[data-retry]").hidden = true;
  row.querySelector("[data-problem]").hidden = true;
  row.querySelector("[data-words]").hidden = false;
}

export function showFailure(row, sentence, again) {
  row.querySelector("[data-progress]").hidden = true;
  row.querySelector("[data-cancel]").hidden = true;
  row.querySelector("[data-take-out]").hidden = false;
  row.querySelector("[data-retry]").hidden = !again;
  row.querySelector("[data-words]").hidden = !again;
  row.querySelector("[data-problem]").hidden = false;
  row.querySelector("[data-problem]").textContent = sentence;
}

// It has arrived: the fields get their names, the small copy is the server's.
export function fill(row, picture) {
  row.dataset.token = picture.token;
  row.querySelector("[data-progress]").hidden = true;
  row.querySelector("[data-cancel]").hidden = true;
  row.querySelector("[data-take-out]").hidden = false;
  row.querySelector("[data-thumb]").replaceChildren(make("img", { src: picture.preview_url, alt: "", width: 120, height: 120 }));
  for (const field of row.querySelectorAll("[data-field]")) {
    const what = field.dataset.field;
    field.name = what === "pictures" ? what : `${what}-${picture.token}`;
    if (what === "pictures") field.value = picture.token;
  }
}

// A small copy while it is sent. Drawn, not loaded: the page may show no picture from the file itself.
export async function showThumb(row, file) {
  const place = row.querySelector("[data-thumb]");
  if (place.children.length || !self.createImageBitmap) return;
  try {
    const image = await createImageBitmap(file, { resizeHeight: 240, resizeQuality: "medium" });
    const canvas = make("canvas", { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    image.close();
    if (!place.children.length) place.append(canvas);
  } catch { /* a kind of file that this browser can't draw */ }
}
