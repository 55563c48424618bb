// Counts the parts of a story that are written, and marks them in the list above the form.
export default function parts(form) {
  const count = form.querySelector("[data-parts-count]");
  const steps = [...form.querySelectorAll("a[data-part]")];

  function show() {
    const written = steps.filter((step) => {
      const done = Boolean(form.elements[step.dataset.part]?.value.trim());
      step.classList.toggle("is-written", done);
      return done;
    });
    const words = `${written.length} of ${steps.length} parts written`;
    if (count.textContent !== words) count.textContent = words;
  }

  form.addEventListener("input", show);
  show();
}
