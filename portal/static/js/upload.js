// Sends chosen pictures, two at a time, each with its bar, and asks for the words that describe it. What could not be sent
// keeps its place and its file, and is tried again by hand or when the connection is back.
import arrange from "./arrange.js";
import { dropTarget, send } from "./post.js";
import { fill, newRow, showFailure, showProgress, showThumb } from "./upload-row.js";

const AT_ONCE = 2;

export default function upload(element) {
  const input = element.querySelector('input[type="file"]:not([data-camera])');
  const camera = element.querySelector("[data-camera]");
  const list = element.querySelector(".upload-list");
  const said = element.querySelector("[data-said]");
  const leftOut = element.querySelector("[data-left-out]");
  const form = input.form;
  const { uploadUrl, uploadMax, uploadBytes, uploadTooLarge } = element.dataset;
  const jobs = new Map(); // row → { file, state: "waits" | "sending" | "failed" | "refused", control, again }
  let waiting = null; // how the form is to be sent as soon as the pictures have arrived

  const say = (words) => { said.textContent = words; };
  const inState = (state) => [...jobs].filter(([, job]) => job.state === state);
  const busy = () => inState("waits").length + inState("sending").length;
  const most = Number(uploadMax) || 10;
  const nameOf = (row) => row.querySelector("[data-name]").textContent || `Picture ${[...list.children].indexOf(row) + 1}`;
  arrange(list, say, nameOf);

  const warn = (leaving) => leaving.preventDefault();
  function settle() {
    busy() ? addEventListener("beforeunload", warn) : removeEventListener("beforeunload", warn);
    while (inState("sending").length < AT_ONCE && inState("waits").length) start(...inState("waits")[0]);
    if (!waiting || busy()) return;
    const { submitter } = waiting;
    waiting = null;
    form.requestSubmit(submitter);
  }

  // What has just happened to one, and how it stands with all: one that failed is never talked over.
  function standing(news) {
    const left = busy(), refused = inState("refused").length, failed = inState("failed").length;
    const arrived = list.querySelectorAll('input[name="pictures"]').length;
    if (left) return say(`${news.replace(/\.$/, "")}${/\.$/.test(news) ? "." : ","} ${left} to go.`);
    if (!refused && !failed) return say("All pictures have arrived. Please say what each of them shows.");
    const bad = [refused && `${refused} could not be read`, failed && `${failed} could not be sent`].filter(Boolean).join(", ");
    say(`${arrived} ${arrived === 1 ? "has" : "have"} arrived, ${bad}.${/has arrived$/.test(news) ? "" : ` ${news}`}`);
  }

  async function start(row, job) {
    job.state = "sending";
    job.control = new AbortController();
    showThumb(row, job.file);
    showProgress(row, 0);
    try {
      const picture = await send(job.file, uploadUrl, (share) => showProgress(row, share), job.control.signal);
      if (!jobs.delete(row)) return;
      fill(row, picture);
      standing(`${nameOf(row)} has arrived`);
      form.dispatchEvent(new Event("input", { bubbles: true }));
    } catch (error) {
      if (!jobs.has(row)) return; // cancelled
      job.again = Boolean(error.again);
      job.state = job.again ? "failed" : "refused";
      showFailure(row, error.message, job.again);
      standing(`${nameOf(row)}: ${error.message}`);
    } finally {
      settle();
    }
  }

  function takeOut(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const job = jobs.get(row);
    jobs.delete(row);
    job?.control?.abort();
    say(`${nameOf(row)} was taken out.`);
    row.remove();
    leftOut.hidden = true;
    (next?.querySelector("[data-take-out], [data-cancel]:not([hidden])") ?? input).focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
    settle();
  }

  function tryAgain(row) {
    const job = jobs.get(row);
    if (!job?.again) return;
    job.state = "waits";
    showProgress(row, null);
    settle();
  }

  function take(files) {
    const pictures = files.filter((file) => file.size || file.type);
    const room = Math.max(0, most - list.children.length);
    leftOut.hidden = pictures.length <= room;
    leftOut.textContent = `${most} ${most === 1 ? "picture is" : "pictures are"} possible here; ${pictures.length - room} were left out.`;
    input.value = camera.value = "";
    const rows = pictures.slice(0, room).map((file) => {
      const row = newRow(element, file);
      const tooLarge = file.size > Number(uploadBytes);
      jobs.set(row, { file, state: tooLarge ? "refused" : "waits", again: false });
      list.append(row);
      tooLarge ? showFailure(row, uploadTooLarge, false) : showProgress(row, null);
      return row;
    });
    if (!rows.length) return;
    say(`${rows.length} ${rows.length === 1 ? "picture is" : "pictures are"} being sent.`);
    if (matchMedia("(hover: hover)").matches) rows[0].querySelector('[data-field="alt"]').focus({ preventScroll: true });
    settle();
  }

  list.addEventListener("click", (press) => {
    const row = press.target.closest(".upload-item");
    if (press.target.closest("[data-cancel], [data-take-out]")) { press.preventDefault(); takeOut(row); }
    if (press.target.closest("[data-retry]")) tryAgain(row);
  });
  input.addEventListener("change", () => take([...input.files]));
  camera.addEventListener("change", () => take([...camera.files]));
  form.addEventListener("paste", (paste) => {
    const files = [...(paste.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (!files.length || paste.defaultPrevented) return;
    paste.preventDefault();
    take(files);
  });
  dropTarget(form, take, element.querySelector(".upload-drop"));
  addEventListener("online", () => inState("failed").forEach(([row]) => tryAgain(row)));

  const lacking = () =>
    [...form.querySelectorAll("[required]:not([data-field])")].some((field) => (field.type === "checkbox" ? !field.checked : !field.value.trim())) ||
    (form.querySelector("#shows_minors")?.checked && !form.querySelector("#agrees_guardian").checked);

  // True if nothing stands in the way of the form as far as pictures go; otherwise says what and leads there.
  function ready(words) {
    const [failed] = [...inState("failed"), ...inState("refused")].map(([row]) => row);
    if (failed) {
      say("A picture was not sent. Try it again or take it out.");
      failed.querySelector("[data-retry]:not([hidden]), [data-take-out]").focus();
      return false;
    }
    if (!words) return true;
    const empty = [...list.querySelectorAll('[data-field="alt"]')].filter((field) => !field.value.trim());
    for (const field of list.querySelectorAll('[data-field="alt"]')) {
      const problem = field.closest(".upload-item").querySelector("[data-problem]");
      problem.hidden = !empty.includes(field);
      problem.textContent = "Please say in a few words what this shows, for people who can't see it.";
      empty.includes(field) ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
    }
    // Where more is missing the form goes all the same: the server says everything in one round.
    if (empty.length && lacking()) return true;
    if (empty.length) say("Please say what each picture shows.");
    empty[0]?.focus();
    return !empty.length;
  }
  form.addEventListener("submit", (submit) => {
    const { submitter } = submit;
    const looks = submitter?.name === "preview"; // the words about the pictures may come later
    if (submitter?.formNoValidate && !looks) return;
    waiting = busy() ? { submitter } : null;
    if (waiting) say("Your pictures are still being sent. The form follows as soon as they have arrived.");
    if (waiting || !ready(!looks)) submit.preventDefault();
  }, true);
  take([...input.files, ...camera.files]); // chosen before this module was here
}
