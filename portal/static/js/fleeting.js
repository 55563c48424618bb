// The bar that offers to take a decision back counts its seconds down, and goes when they are over.
export default function fleeting(bar) {
  const end = performance.now() + bar.dataset.seconds * 1000;
  const words = bar.querySelector("button span");
  const tick = setInterval(() => {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left > 0 && words) words.textContent = `Undo (${left} s)`;
    if (left > 0) return;
    clearInterval(tick);
    bar.remove();
  }, 250);
}
