/* Dialogs on top of the workspace: one host, the newest on top, everything beneath it inert. */

const FOCUSABLE = "button, input, select, textarea, a[href], summary, [tabindex='0'], [contenteditable='true']";
const beneath = ["sidebar", "main"];
const layers = [];

const host = () => document.getElementById("layers");

/** Put a dialog on top. `escape` is called for the Escape key. Returns a function that takes it away. */
export function openLayer(overlay, { escape }) {
  const layer = { overlay, escape, opener: document.activeElement };
  layers.push(layer);
  host().append(overlay);
  settle();
  return () => closeLayer(layer);
}

function closeLayer(layer) {
  const index = layers.indexOf(layer);
  if (index < 0) return;
  const held = layer.overlay.contains(document.activeElement) || document.activeElement === document.body;
  layers.splice(index, 1);
  layer.overlay.remove();
  settle();
  if (!held) return;
  const target = layer.opener?.isConnected ? layer.opener : document.getElementById("composer");
  target.focus({ preventScroll: true });
}

function settle() {
  for (const id of beneath) document.getElementById(id).inert = layers.length > 0;
  layers.forEach(({ overlay }, index) => {
    overlay.inert = index < layers.length - 1;
  });
}

/** The controls inside a node that the Tab key reaches. */
export function focusable(node) {
  return [...node.querySelectorAll(FOCUSABLE)].filter(
    (each) => !each.disabled && each.tabIndex >= 0 && each.getClientRects().length,
  );
}

function keepTabInside(event, overlay) {
  const all = focusable(overlay);
  if (!all.length) return event.preventDefault();
  const [first, last] = [all[0], all.at(-1)];
  const outside = !overlay.contains(document.activeElement);
  if (event.shiftKey && (outside || document.activeElement === first)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && (outside || document.activeElement === last)) {
    event.preventDefault();
    first.focus();
  }
  return undefined;
}

document.addEventListener("keydown", (event) => {
  const top = layers.at(-1);
  if (!top || event.defaultPrevented) return;
  if (event.key === "Tab") keepTabInside(event, top.overlay);
  if (event.key === "Escape") {
    event.preventDefault();
    top.escape();
  }
});
