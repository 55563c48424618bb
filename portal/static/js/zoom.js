// Makes a picture on its stage larger and smaller: by step, double tap, pinch or wheel; pulls it about while it is large.
// A swipe across a picture in its own size is told to whoever asked.
const most = 6;

export default function zoomable(stage, picture, swiped) {
  const fingers = new Map();
  let scale = 1, x = 0, y = 0, from = null, pinch = null, tapped = null;

  function place() {
    const roomX = Math.max(0, (picture.offsetWidth * scale - stage.clientWidth) / 2);
    const roomY = Math.max(0, (picture.offsetHeight * scale - stage.clientHeight) / 2);
    x = Math.min(roomX, Math.max(-roomX, x));
    y = Math.min(roomY, Math.max(-roomY, y));
    picture.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    stage.classList.toggle("is-zoomed", scale > 1);
  }

  // Keeps what lies at (clientX, clientY) where it is.
  function to(wanted, clientX, clientY) {
    const box = stage.getBoundingClientRect();
    const centreX = (clientX ?? box.x + box.width / 2) - box.x - box.width / 2;
    const centreY = (clientY ?? box.y + box.height / 2) - box.y - box.height / 2;
    const now = Math.min(most, Math.max(1, wanted));
    x = centreX - ((centreX - x) * now) / scale;
    y = centreY - ((centreY - y) * now) / scale;
    scale = now;
    place();
  }

  const apart = () => {
    const [a, b] = fingers.values();
    return { far: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 };
  };

  stage.addEventListener("pointerdown", (down) => {
    if (down.button) return;
    stage.setPointerCapture(down.pointerId);
    fingers.set(down.pointerId, down);
    stage.classList.add("is-held");
    if (fingers.size === 2) { pinch = { ...apart(), scale }; from = null; }
    else from = { x: down.clientX, y: down.clientY, left: x, top: y };
  });

  stage.addEventListener("pointermove", (move) => {
    if (!fingers.has(move.pointerId)) return;
    fingers.set(move.pointerId, move);
    if (fingers.size === 2 && pinch) {
      const now = apart();
      to((pinch.scale * now.far) / pinch.far, now.x, now.y);
    } else if (from && scale > 1) {
      x = from.left + move.clientX - from.x;
      y = from.top + move.clientY - from.y;
      place();
    }
  });

  function up(end) {
    if (!fingers.delete(end.pointerId)) return;
    if (!fingers.size) stage.classList.remove("is-held");
    if (pinch) {
      if (!fingers.size) pinch = null;
      return;
    }
    if (!from || end.type === "pointercancel") return;
    const wayX = end.clientX - from.x, wayY = end.clientY - from.y;
    from = null;
    if (scale === 1 && Math.abs(wayX) > 50 && Math.abs(wayX) > Math.abs(wayY)) return swiped(wayX < 0 ? 1 : -1);
    if (Math.hypot(wayX, wayY) > 10) return;
    const twice = tapped && end.timeStamp - tapped.at < 350 && Math.hypot(end.clientX - tapped.x, end.clientY - tapped.y) < 30;
    tapped = twice ? null : { at: end.timeStamp, x: end.clientX, y: end.clientY };
    if (twice) to(scale > 1 ? 1 : 2.5, end.clientX, end.clientY);
  }
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);

  stage.addEventListener("wheel", (turn) => {
    turn.preventDefault();
    to(scale * Math.exp(-turn.deltaY / (turn.ctrlKey ? 100 : 400)), turn.clientX, turn.clientY);
  }, { passive: false });

  return {
    by: (factor) => to(scale * factor),
    reset: () => { scale = 1; x = y = 0; place(); },
    is: () => scale > 1,
    pan(key) {
      x += { ArrowLeft: 80, ArrowRight: -80 }[key] ?? 0;
      y += { ArrowUp: 80, ArrowDown: -80 }[key] ?? 0;
      place();
    },
  };
}
