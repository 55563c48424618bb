// Sends chosen pictures one by one, each with its bar, and asks for the words that describe it.
import { dropTarget, make, progressOf, send } from "./post.js";

export default function upload(element, event) {
  const input = element.querySelector('input[type="file"]');
  const list = element.querySelector(".upload-list");
  const { uploadUrl, uploadMax } = element.dataset;
  const under = new Set();
  let waiting = false;

  const removeButton = (item) => make("button", { type: "button", className: "link-button", onclick: () => { item.remove(); input.focus(); } }, "Take it out again");

  function describe(item, picture) {
    const id = `alt-${picture.token}`;
    const alt = make("input", { type: "text", id, name: id, maxLength: 300, required: true, dir: "auto" });
    alt.setAttribute("aria-describedby", `${id}-hint`);
    item.replaceChildren(
      make("img", { src: picture.preview_url, alt: "", width: 120, height: 120 }),
      make("div", { className: "upload-text" },
        make("input", { type: "hidden", name: "pictures", value: picture.token }),
        make("label", { className: "label", htmlFor: id }, "What does this picture show?"),
        make("p", { className: "field-hint", id: `${id}-hint` }, "As you would tell it on the phone: who or what, where, doing what."),
        alt, removeButton(item)));
  }

  async function add(file) {
    const bar = progressOf(file);
    const item = make("li", { className: "upload-item" }, make("div", { className: "upload-text" }, `${file.name} `, bar));
    list.append(item);
    under.add(item);
    try {
      describe(item, await send(file, uploadUrl, (share) => { bar.value = share; }));
    } catch (error) {
      item.replaceChildren(make("div", { className: "upload-text" }, make("p", { className: "field-error" }, `${file.name}: ${error.message}`), removeButton(item)));
    }
    under.delete(item);
    if (waiting && !under.size) input.form.requestSubmit();
  }

  async function take(files) {
    const room = (Number(uploadMax) || 10) - list.querySelectorAll('[name="pictures"]').length - under.size;
    input.value = "";
    for (const file of files.slice(0, Math.max(0, room))) await add(file);
    if (files.length > room) list.append(make("li", { className: "field-error" }, `Up to ${uploadMax} pictures go into one post; the others were left out.`));
  }

  input.addEventListener("change", () => take([...input.files]));
  input.form.addEventListener("submit", (submit) => {
    if (!under.size || submit.submitter?.formNoValidate) return;
    submit.preventDefault();
    waiting = true;
  });
  for (const item of list.children) item.querySelector(".upload-text")?.append(removeButton(item));
  dropTarget(element.querySelector(".upload-drop"), take);
  if (event?.type === "change") take([...input.files]);
}
