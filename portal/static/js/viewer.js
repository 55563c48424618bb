// Opens a picture large: keys, buttons and swipes turn over, past the last one to the next submission; Escape and the
// browser's back button close. The address names the picture that is open, so that it can be sent to somebody.
import { make } from "./post.js";
import zoomable from "./zoom.js";

const drawings = { close: "m6 6 12 12M18 6 6 18", previous: "m14.5 5-7 7 7 7", next: "m9.5 5 7 7-7 7", in: "M12 5v14M5 12h14", out: "M5 12h14" };

export default function viewer(gallery, event) {
  const links = [...gallery.querySelectorAll("[data-viewer]")];
  const foot = gallery.querySelector("[data-viewer-foot]");
  const { newer, newerTitle, older, olderTitle } = gallery.dataset;
  const several = links.length > 1;
  const picture = make("img", { className: "viewer-picture", draggable: false });
  const stage = make("div", { className: "viewer-stage" }, picture);
  const count = make("p", { className: "viewer-count" });
  const words = make("p", { className: "viewer-words", dir: "auto" });
  count.setAttribute("aria-live", "polite");
  const button = (name, label, act) => {
    const element = make("button", { type: "button", className: `viewer-${name}`, onclick: act });
    element.setAttribute("aria-label", label);
    element.innerHTML = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="${drawings[name]}"/></svg>`;
    return element;
  };
  const previous = button("previous", "Previous picture", () => turn(-1));
  const next = button("next", "Next picture", () => turn(1));
  const close = button("close", "Close", () => dialog.close());
  close.autofocus = true;
  const zoom = zoomable(stage, picture, (step) => turn(document.dir === "rtl" ? -step : step));
  const dialog = make("dialog", { className: "viewer" }, count,
    make("div", { className: "viewer-tools" }, button("out", "Smaller", () => zoom.by(1 / 1.6)), button("in", "Larger", () => zoom.by(1.6)), close),
    stage, previous, next, make("div", { className: "viewer-foot" }, words, ...(foot ? [foot.content.cloneNode(true)] : [])));
  dialog.setAttribute("aria-label", "Picture");
  document.body.append(dialog);
  let at = 0;

  function label(element, name, link, title) {
    element.hidden = !link && !several;
    element.setAttribute("aria-label", link ? `${name} submission: ${title}` : `${name} picture`);
  }

  function show(n) {
    at = n;
    const link = links[at];
    const small = link.querySelector("picture img");
    zoom.reset();
    picture.style.setProperty("--ratio", link.dataset.width / link.dataset.height);
    picture.style.setProperty("--own", `${link.dataset.width}px`);
    picture.src = small?.currentSrc || link.href;
    picture.alt = words.textContent = small?.alt ?? "";
    const large = new Image();
    large.onload = () => { if (links[at] === link) picture.src = large.src; };
    large.src = link.href;
    count.textContent = several ? `${at + 1} of ${links.length}` : "";
    label(previous, "Previous", at === 0 && newer, newerTitle);
    label(next, "Next", at === links.length - 1 && older, olderTitle);
    if (links[at].id) history.replaceState(history.state, "", `#${links[at].id}`);
  }

  function turn(step) {
    const to = at + step;
    if (to >= 0 && to < links.length) return show(to);
    const beyond = step > 0 ? older : newer;
    // The open picture gives way: going back leads to the page, not to every picture that was passed.
    if (beyond) location.replace(`${beyond}#picture-${step > 0 ? 1 : "last"}`);
    else if (several) show((to + links.length) % links.length);
  }

  function open(n) {
    history.pushState({ viewer: true }, "");
    show(n);
    dialog.showModal();
  }

  gallery.addEventListener("click", press);
  function press(click) {
    const link = click.target.closest("[data-viewer]");
    if (!link || click.ctrlKey || click.metaKey || click.shiftKey) return;
    click.preventDefault();
    open(links.indexOf(link));
  }

  dialog.addEventListener("close", () => {
    if (history.state?.viewer) history.back();
    else if (location.hash.startsWith("#picture-")) history.replaceState(null, "", location.pathname + location.search);
    links[at].focus({ preventScroll: true });
  });
  addEventListener("popstate", () => dialog.open && dialog.close());
  dialog.addEventListener("click", (click) => {
    const link = click.target.closest('.viewer-foot a[href^="#"]');
    if (!link) return;
    click.preventDefault();
    const to = link.getAttribute("href");
    addEventListener("popstate", () => { location.hash = to; }, { once: true });
    dialog.close();
    if (!history.state?.viewer) location.hash = to;
  });
  // On the page, not the dialog: a browser that goes to the picture its address names takes the focus out of it again.
  document.addEventListener("keydown", (key) => {
    const ahead = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (!dialog.open || key.ctrlKey || key.metaKey || key.altKey) return;
    if (key.key === "+" || key.key === "=") zoom.by(1.6);
    else if (key.key === "-") zoom.by(1 / 1.6);
    else if (key.key === "0") zoom.reset();
    else if (key.key === "Home") show(0);
    else if (key.key === "End") show(links.length - 1);
    else if (key.key.startsWith("Arrow") && zoom.is()) zoom.pan(key.key);
    else if (key.key === "ArrowLeft" || key.key === "ArrowRight") turn(key.key === ahead ? 1 : -1);
    else return;
    key.preventDefault();
  });

  if (event?.type === "click") press(event);
  else {
    const named = location.hash === "#picture-last" ? links.length - 1 : links.findIndex((link) => `#${link.id}` === location.hash);
    if (named < 0) return;
    show(named);
    dialog.showModal();
  }
}
