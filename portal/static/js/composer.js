// Enriches the place to write: formatting, preview, pictures by paste and drop, names after an @.
import { ask, dropTarget, make, progressOf, send } from "./post.js";
import mentions from "./mentions.js";

const marks = { bold: "**", italic: "*" };
const lineMarks = { quote: "> ", list: "- " };
const keys = { b: "bold", i: "italic", k: "link" };
const ALT = "what it shows";

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

// Puts the pictures that are sent into the text, each on a line of its own below the one with the caret. The words for it
// stand ready to be written over, unless somebody has gone on writing meanwhile, here or in another field: then nothing
// of theirs moves.
function pictures(element, text, url) {
  const lines = element.querySelector(".composer-progress");
  let typed = 0, sending = 0, placing = false, waiting = null;
  text.addEventListener("input", () => { if (!placing) typed += 1; });

  function place(markup, busy) {
    const { selectionStart, selectionEnd, value } = text;
    const end = value.indexOf("\n", selectionEnd);
    const at = end < 0 ? value.length : end;
    const lead = at && value[at - 1] !== "\n" ? "\n\n" : "";
    const words = lead + markup + (/^(\n\n|\n$)/.test(value.slice(at)) ? "" : "\n");
    placing = true;
    if (!busy) insert(text, words, at, at, lead.length + 2, lead.length + 2 + ALT.length);
    else if (document.activeElement === text) {
      insert(text, words, at, at);
      text.setSelectionRange(selectionStart, selectionEnd);
    } else {
      text.setRangeText(words, at, at, "preserve");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    placing = false;
  }

  async function add(file) {
    const bar = progressOf(file);
    const line = make("p", {}, `${file.name} `, bar);
    lines.append(line);
    const then = typed;
    sending += 1;
    try {
      const { token } = await send(file, url, (share) => { bar.value = share; });
      const markup = `![${ALT}](picture:${token})`;
      const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
      const elsewhere = document.activeElement !== text && document.activeElement.matches("input, textarea, select");
      const busy = elsewhere || typed !== then || chosen === ALT;
      place(markup, busy);
      if (!busy) return line.remove();
      line.textContent = `${file.name} is in your text. Say there what it shows.`;
      text.addEventListener("input", () => { if (!text.value.includes(markup)) line.remove(); });
    } catch (error) {
      waiting = null;
      line.replaceChildren(make("span", { className: "field-error" }, `${file.name}: ${error.message}`));
    } finally {
      sending -= 1;
      if (!sending && waiting) text.form.requestSubmit(waiting.submitter);
    }
  }

  text.form.addEventListener("submit", (submit) => {
    waiting = sending && !submit.submitter?.formNoValidate ? submit : null;
    if (!waiting) return;
    submit.preventDefault();
    lines.append(make("p", {}, "Your picture is still being sent. The form follows as soon as it has arrived."));
  }, true);
  return (files) => files.filter((file) => file.type.startsWith("image/")).forEach(add);
}

export default function composer(element) {
  const text = element.querySelector(".composer-text");
  const frame = element.querySelector(".composer-frame");
  const tools = [...element.querySelectorAll("[data-tool]")];
  const { previewUrl, uploadUrl, mentionsUrl } = element.dataset;

  const addPictures = pictures(element, text, uploadUrl);

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
