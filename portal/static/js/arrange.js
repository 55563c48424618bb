// Puts pictures in order: by buttons, each step said aloud, or by pulling one at its grip with mouse, pen or finger.
export default function arrange(list, say, nameOf) {
  const rows = () => [...list.children];

  function tell(row) {
    say(`${nameOf(row)} is now number ${rows().indexOf(row) + 1} of ${rows().length}.`);
    list.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
  }

  function move(row, step) {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return say(`${nameOf(row)} is the ${step < 0 ? "first" : "last"} already.`);
    step < 0 ? other.before(row) : other.after(row);
    tell(row);
  }

  list.addEventListener("click", (press) => {
    const button = press.target.closest("[data-move]");
    if (!button) return;
    press.preventDefault();
    const row = button.closest(".upload-item");
    move(row, Number(button.dataset.move));
    // Moving the row took the focus away; at either end the other button is the one that is left.
    button.focus();
    if (document.activeElement !== button) [...row.querySelectorAll("[data-move]")].find((other) => other !== button).focus();
  });

  list.addEventListener("pointerdown", (press) => {
    const grip = press.target.closest("[data-grip]");
    if (!grip || press.button) return;
    press.preventDefault();
    const row = grip.closest(".upload-item");
    const before = rows().indexOf(row);
    let speed = 0;
    const pull = (at) => {
      const edge = 60;
      speed = at.clientY < edge ? -10 : at.clientY > innerHeight - edge ? 10 : 0;
      const other = rows().find((r) => {
        const box = r.getBoundingClientRect();
        return r !== row && at.clientY > box.top && at.clientY < box.bottom;
      });
      if (!other) return;
      const box = other.getBoundingClientRect();
      const own = row.getBoundingClientRect();
      // Only when the pointer would lie in the row that was pulled: else tall and short rows change places for ever.
      if (own.top < box.top && at.clientY > box.bottom - own.height) other.after(row);
      else if (own.top > box.top && at.clientY < box.top + own.height) other.before(row);
    };
    const scroll = setInterval(() => speed && scrollBy(0, speed), 16);
    const end = () => {
      clearInterval(scroll);
      row.classList.remove("is-pulled");
      removeEventListener("pointermove", pull);
      for (const type of ["pointerup", "pointercancel"]) removeEventListener(type, end);
      if (rows().indexOf(row) !== before) tell(row);
    };
    row.classList.add("is-pulled");
    addEventListener("pointermove", pull);
    for (const type of ["pointerup", "pointercancel"]) addEventListener(type, end);
  });
}
