/* A press that is under way: nothing is drawn anew under a finger, so what went down on a button comes up on it. */

const PRESSED_BY_SPACE = "button, summary, input[type='checkbox'], input[type='radio']";
const SETTLING = 50; // On a touch screen the click comes a moment after the finger went up.

let isDown = false;
let timer = 0;
const waiting = new Map();

/** Wrap a drawing: while something is pressed it waits, and then happens once, as it was asked for last. */
export function afterPress(draw) {
  return (...args) => {
    if (isDown) return waiting.set(draw, args);
    waiting.delete(draw);
    return draw(...args);
  };
}

function down() {
  clearTimeout(timer);
  isDown = true;
}

function up() {
  isDown = false;
  const due = [...waiting];
  waiting.clear();
  for (const [draw, args] of due) draw(...args);
}

function upAfter(delay) {
  if (!isDown) return;
  clearTimeout(timer);
  timer = setTimeout(up, delay);
}

/** The press has arrived; who hears of it may draw, and what has waited comes next. */
function arrived() {
  upAfter(0);
  isDown = false;
}

const listen = (event, listener) => window.addEventListener(event, listener, true);

// A list of the browser's own opens at once, and nobody is told when the button was let go.
listen("pointerdown", ({ button, target }) => button === 0 && !target.closest("select") && down());
listen("keydown", ({ key, target }) => key === " " && target.matches(PRESSED_BY_SPACE) && down());
listen("click", arrived);
listen("pointerup", () => upAfter(SETTLING));
listen("keyup", ({ key }) => key === " " && upAfter(SETTLING));
listen("pointermove", ({ pointerType, buttons }) => pointerType === "mouse" && !buttons && upAfter(SETTLING));
listen("pointercancel", () => upAfter(0));
listen("contextmenu", () => upAfter(0));
listen("blur", ({ target }) => target === window && upAfter(0));
