// Keeps "5 minutes ago" true while the page lies open; words as in portal/frame.py.
function words(then) {
  const seconds = (Date.now() - then) / 1000;
  if (seconds < 60) return "just now";
  for (const [size, word] of [[86400, "day"], [3600, "hour"], [60, "minute"]]) {
    const n = Math.floor(seconds / size);
    if (!n) continue;
    if (word === "day" && n === 1) return "yesterday";
    return word === "day" && n > 30 ? null : `${n} ${word}${n === 1 ? "" : "s"} ago`;
  }
}

function refresh() {
  for (const time of document.querySelectorAll('[data-behaviour~="relative-time"]')) {
    const then = Date.parse(time.dateTime);
    const text = then < Date.now() ? words(then) : null;
    if (text) time.textContent = text;
  }
}

refresh();
setInterval(refresh, 60_000);
