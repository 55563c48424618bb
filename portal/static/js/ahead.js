// Fetches ahead what a reader is about to open: the page behind a link they rest on, or touch. When it is opened, the
// browser asks whether it is still true, which counts the view; the answer is a few bytes. Only for readers without an
// account: a member's page is made for each request, and says no more than that it was made.
const MOST = 12; // of one page
const RESTS = 65; // milliseconds: who only passes over a link has left it by then
const LEADS = /^\/(topics|stories|photos|blog|forum|advocates|members)\//;

const here = location.pathname + location.search;
const asked = new Set([here]);
let timer, under;

function addressOf(link) {
  const to = new URL(link.href, location);
  const address = to.pathname + to.search;
  // What leads to a form (`/forum/new`, `?quote=`) begins something; it is not read.
  const reads = LEADS.test(to.pathname) && !/\/new\b/.test(to.pathname) && /^(\?(page|order|filter|kind|of)=\w+)?$/.test(to.search);
  return to.origin === location.origin && reads && !link.target && !link.download && !asked.has(address) && address;
}

function fetchAhead(link, address, touched) {
  if (asked.size > MOST || navigator.connection?.saveData || !(touched || link.matches(":hover, :focus"))) return;
  asked.add(address);
  const hint = document.createElement("link");
  hint.rel = "prefetch";
  hint.href = address;
  document.head.append(hint);
}

function point(event) {
  const link = event.target.closest?.("a[href]");
  if (link === under && event.type === "pointerover") return;
  clearTimeout(timer);
  under = link;
  const address = link && event.pointerType !== "touch" && addressOf(link);
  const touched = event.type === "touchstart";
  if (address) timer = setTimeout(fetchAhead, touched ? 0 : RESTS, link, address, touched);
}

export default function ahead(body, event) {
  for (const type of ["pointerover", "focusin"]) body.addEventListener(type, point);
  body.addEventListener("touchstart", point, { passive: true });
  point(event);
}
