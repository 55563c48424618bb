// Goes back as the browser's own button does, so that what was typed is still in the form.
export default function back(link, event) {
  const go = (press) => { press.preventDefault(); history.back(); };
  link.addEventListener("click", go);
  go(event);
}
