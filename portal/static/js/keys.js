// Says which keys do what, and switches them off for those who talk to their computer.
import { make } from "./post.js";
import { memory } from "./site.js";

const list = [["/", "search"], ["j", "next in the list"], ["k", "the one before"], ["?", "these keys"]];
if (document.querySelector("[data-key]")) list.push(["a", "approve, keep or show again"], ["e", "change the words and approve"], ["r", "send back with a reason"], ["h", "hide"], ["x", "remove"], ["s", "spammer: remove everything"], ["1 … 9", "the reason, once unfolded"], ["u", "undo the last decision"], ["t", "choose, to decide several"], ["Esc", "fold what is unfolded"]);

export default function keys(button) {
  const box = make("input", { type: "checkbox", checked: memory.get("keys") !== "off", onchange: () => memory.set("keys", box.checked ? null : "off") });
  const dialog = make("dialog", { className: "sheet" },
    make("h2", {}, "Keys"),
    make("ul", { className: "keys" }, ...list.map(([key, what]) => make("li", {}, make("kbd", {}, key), what))),
    make("label", { className: "check" }, box, "Use these keys"),
    make("button", { type: "button", className: "button button-primary", onclick: () => dialog.close() }, "Close"));
  document.body.append(dialog);
  const open = () => dialog.showModal();
  button.addEventListener("click", open);
  open();
}
