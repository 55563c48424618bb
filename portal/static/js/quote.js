// Select words in a reply, or press its "Quote": they stand, quoted, in your answer. Form as in portal/text/plain.py.
import { insert } from "./composer.js";
import { make } from "./post.js";

let floating;

function quote(reply, words) {
  const text = document.querySelector(".composer-text");
  const quoted = words.trim().replace(/\n{3,}/g, "\n\n").replace(/^/gm, "> ").replace(/^> $/gm, ">");
  const lead = text.value && !/\n\s*$/.test(text.value) ? "\n\n" : "";
  const end = text.value.length;
  insert(text, `${lead}${reply.dataset.author ? `@${reply.dataset.author} wrote:\n\n` : ""}${quoted}\n\n`, end, end);
  text.scrollIntoView({ block: "center" });
}

export default function quoting(reply, event) {
  const prose = reply.querySelector(".prose") ?? reply;
  const chosen = () => {
    const selection = getSelection();
    const range = selection.rangeCount ? selection.getRangeAt(0) : null;
    if (!range || !prose.contains(range.startContainer)) return "";
    // Three clicks choose a paragraph up to the very start of what follows it.
    return prose.contains(range.endContainer) || !range.endOffset ? selection.toString() : "";
  };

  function offer() {
    floating?.remove();
    const words = chosen();
    if (!words.trim() || !document.querySelector(".composer-text")) return;
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    floating = make("button", { type: "button", className: "button button-primary quote-float" }, "Quote this");
    floating.style.top = `${box.bottom + scrollY + 8}px`;
    floating.style.left = `${Math.max(8, Math.min(box.left + scrollX, innerWidth - 140))}px`;
    floating.addEventListener("pointerdown", (press) => press.preventDefault());
    floating.addEventListener("click", () => { quote(reply, words); floating.remove(); });
    document.body.append(floating);
  }

  function click(press) {
    if (!press.target.closest("[data-quote]")) return;
    press.preventDefault();
    quote(reply, chosen() || prose.innerText);
  }

  reply.addEventListener("pointerup", () => setTimeout(offer));
  reply.addEventListener("keyup", offer);
  reply.addEventListener("click", click);
  document.addEventListener("pointerdown", (press) => { if (press.target !== floating) floating?.remove(); });
  if (event?.type === "click") click(event);
  else offer();
}
