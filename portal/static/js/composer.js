// Enriches the place to write: formatting, preview, pictures by paste and drop, names after an @.
import { ask, dropTarget, make, progressOf, send } from "./post.js";
import mentions from "./mentions.js";

const marks = { bold: "**", italic: "*" };
const lineMarks = { quote: "> ", list: "- " };
const keys = { b: "bold", i: "italic", k: "link" };

// Replaces [start, end) as if typed, so that undo works, and selects what lies between from and to.
export function insert(text, words, start = text.selectionStart, end = text.selectionEnd, from = words.length, to = from) {
  text.focus();
  text.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words);
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
  text.setSelectionRange(start + from, start + to);
}

function format(text, tool) {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const chosen = value.slice(start, end);
  const wrap = (before, after, fallback) => {
    const words = chosen || fallback;
    insert(text, before + words + after, start, end, before.length, before.length + words.length);
  };
  if (marks[tool]) wrap(marks[tool], marks[tool], "words");
  else if (tool === "link") wrap("[", "](https://)", "words");
  else if (tool === "code") chosen.includes("\n") ? wrap("```\n", "\n```", "") : wrap("`", "`", "code");
  else if (lineMarks[tool]) {
    const first = value.lastIndexOf("\n", start - 1) + 1;
    insert(text, value.slice(first, end).replace(/^/gm, lineMarks[tool]), first, end);
  }
}

export default function composer(element) {
  const text = element.querySelector(".composer-text");
  const frame = element.querySelector(".composer-frame");
  const tools = [...element.querySelectorAll("[data-tool]")];
  const { previewUrl, uploadUrl, mentionsUrl } = element.dataset;

  function addPictures(files) {
    for (const file of files.filter((f) => f.type.startsWith("image/"))) {
      const bar = progressOf(file);
      const line = make("p", {}, `${file.name} `, bar);
      element.querySelector(".composer-progress").append(line);
      send(file, uploadUrl, (share) => { bar.value = share; }).then((picture) => {
        line.remove();
        const alt = "what it shows";
        const lead = text.value && !text.value.endsWith("\n") ? "\n\n" : "";
        const words = `${lead}![${alt}](picture:${picture.token})\n`;
        insert(text, words, text.selectionEnd, text.selectionEnd, lead.length + 2, lead.length + 2 + alt.length);
      }, (error) => {
        line.replaceChildren(make("span", { className: "field-error" }, `${file.name}: ${error.message}`));
      });
    }
  }

  for (const tool of tools) {
    tool.addEventListener("click", () => {
      if (tool.dataset.tool !== "picture") return format(text, tool.dataset.tool);
      const chooser = make("input", { type: "file", accept: "image/*", multiple: true });
      chooser.onchange = () => addPictures([...chooser.files]);
      chooser.click();
    });
    tool.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tools[(tools.indexOf(tool) + step + tools.length) % tools.length];
      tool.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }

  text.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === "Enter") return text.form.requestSubmit();
    const tool = keys[event.key.toLowerCase()];
    if (!tool || event.shiftKey) return;
    event.preventDefault();
    format(text, tool);
  });

  if (previewUrl)
    element.querySelector(".composer-show").addEventListener("click", async (event) => {
      event.preventDefault();
      const pane = element.querySelector(".composer-preview");
      pane.hidden = false;
      try {
        pane.innerHTML = await ask(previewUrl, { method: "POST", body: new URLSearchParams({ source: text.value }) });
      } catch (error) {
        pane.textContent = error.message;
      }
    });

  if (uploadUrl) {
    dropTarget(frame, addPictures);
    text.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (!files.length) return;
      event.preventDefault();
      addPictures(files);
    });
  }
  if (mentionsUrl) mentions(text, mentionsUrl);
}
