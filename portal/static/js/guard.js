// Warns before a half-written form is left; while nothing is typed, nobody listens.
export default function guard(form) {
  const warn = (event) => { if (form.isConnected) event.preventDefault(); };
  const changed = () => addEventListener("beforeunload", warn);
  form.addEventListener("input", changed);
  for (const end of ["submit", "reset"]) form.addEventListener(end, () => removeEventListener("beforeunload", warn));
  changed();
}
