// The site in the colour that is being chosen, before it is saved.
export default function hue(element) {
  const show = () => {
    const chosen = element.querySelector("input:checked");
    if (chosen) document.documentElement.style.setProperty("--accent-hue", chosen.value);
  };
  element.addEventListener("change", show);
  show();
}
