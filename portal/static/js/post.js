// Requests to our own server: with the token that proves the page is ours, answers as JSON or text, refusals as sentences.
export const token = () => document.querySelector('meta[name="csrf-token"], input[name="csrf_token"]')?.[
  document.querySelector('meta[name="csrf-token"]') ? "content" : "value"] ?? "";

const silence = 90_000; // milliseconds without a sign of life, after which a connection is lost
const lost = "There is no connection right now. Nothing is lost; try again in a moment.";

export async function ask(url, options = {}) {
  const headers = { "X-CSRFToken": token(), ...options.headers };
  const answer = await fetch(url, { credentials: "same-origin", ...options, headers }).catch(() => { throw new Error(lost); });
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  const body = isJson ? await answer.json().catch(() => ({})) : await answer.text();
  if (!answer.ok) throw new Error((isJson && body.error) || `That did not work (${answer.status}). Try again.`);
  return body;
}

// fetch cannot tell how far an upload is, hence the older interface. An error's `again` says that the same file may well
// arrive at another try; `signal` takes the request back.
export function send(file, url, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    const fail = (sentence, again = false) => reject(Object.assign(new Error(sentence), { again }));
    form.append("file", file);
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    let clock;
    const alive = () => {
      clearTimeout(clock);
      clock = setTimeout(() => { fail(lost, true); request.abort(); }, silence);
    };
    request.upload.onprogress = (event) => {
      alive();
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onloadend = () => clearTimeout(clock);
    request.onerror = () => fail(lost, true);
    request.onabort = () => reject(new DOMException("taken back", "AbortError"));
    request.onload = () => {
      let body = {};
      try { body = JSON.parse(request.responseText); } catch { /* a page instead of an answer */ }
      if (request.status < 300 && body.token) resolve(body);
      else if (body.error) fail(body.error, request.status >= 500 || request.status === 429);
      else if (request.status === 413) fail("This picture is too large to send.");
      else if (request.status === 401) fail("You are not signed in any more. Sign in in another window, then try again.", true);
      else fail("This picture could not be sent. Try again.", true);
    };
    signal?.addEventListener("abort", () => request.abort());
    alive();
    request.send(form);
  });
}

// An element in one expression: make("li", {className: "x"}, "text", child)
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function progressOf(file) {
  const bar = make("progress", { max: 1, value: 0 });
  bar.setAttribute("aria-label", file.name);
  return bar;
}

// element: where files may be let go; shown: what is lit up meanwhile.
export function dropTarget(element, take, shown = element) {
  const over = (on) => (event) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    shown.classList.toggle("is-over", on);
    if (event.type === "drop") take([...event.dataTransfer.files]);
  };
  for (const type of ["dragenter", "dragover"]) element.addEventListener(type, over(true));
  for (const type of ["dragleave", "drop"]) element.addEventListener(type, over(false));
}
