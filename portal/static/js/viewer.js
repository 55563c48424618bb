// Opens a picture large: arrow keys and swipe turn over, Escape and the browser's back button close.
import { make } from "./post.js";

export default function viewer(gallery, event) {
  const links = [...gallery.querySelectorAll("[data-viewer]")];
  const several = links.length > 1;
  const picture = make("img", { className: "viewer-picture" });
  const count = make("p", { className: "viewer-count" });
  const words = make("p", { className: "viewer-words", dir: "auto" });
  count.setAttribute("aria-live", "polite");
  const button = (name, label, act) => {
    const element = make("button", { type: "button", className: `viewer-${name}`, hidden: !several && name !== "close", onclick: act });
    element.setAttribute("aria-label", label);
    element.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${{ close: "m6 6 12 12M18 6 6 18", previous: "m14.5 5-7 7 7 7", next: "m9.5 5 7 7-7 7" }[name]}"/></svg>`;
    return element;
  };
  const dialog = make("dialog", { className: "viewer" }, count, button("close", "Close", () => dialog.close()), picture,
    button("previous", "Previous picture", () => turn(-1)), button("next", "Next picture", () => turn(1)), words);
  dialog.setAttribute("aria-label", "Picture");
  document.body.append(dialog);
  let at = 0, from = null;

  function show(n) {
    at = (n + links.length) % links.length;
    const small = links[at].querySelector("picture img");
    picture.src = small?.currentSrc || links[at].href;
    picture.alt = words.textContent = small?.alt ?? "";
    const large = new Image();
    large.onload = () => { if (links[at].href === large.src) picture.src = large.src; };
    large.src = links[at].href;
    count.textContent = several ? `${at + 1} of ${links.length}` : "";
  }
  const turn = (step) => { if (several) show(at + step); };

  function open(press) {
    const link = press.target.closest("[data-viewer]");
    if (!link || press.ctrlKey || press.metaKey || press.shiftKey) return;
    press.preventDefault();
    show(links.indexOf(link));
    dialog.showModal();
    history.pushState({ viewer: true }, "");
  }

  gallery.addEventListener("click", open);
  dialog.addEventListener("close", () => {
    if (history.state?.viewer) history.back();
    links[at].focus();
  });
  addEventListener("popstate", () => dialog.open && dialog.close());
  dialog.addEventListener("keydown", (press) => {
    const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (press.key.startsWith("Arrow")) turn(press.key === forward ? 1 : -1);
  });
  dialog.addEventListener("pointerdown", (press) => { from = press.isPrimary ? press.clientX : null; });
  dialog.addEventListener("pointerup", (press) => {
    const way = from === null ? 0 : press.clientX - from;
    if (Math.abs(way) > 50) turn(way < 0 ? 1 : -1);
    from = null;
  });
  if (event) open(event);
}
