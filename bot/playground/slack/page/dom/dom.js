/* Build and compare DOM nodes. Text always becomes a text node; nothing here takes HTML. */

let counter = 0;

/** Return an id that is unique on this page. */
export function nextId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Build an element: `h("button", {type: "button", on: {click: press}}, "Send")`. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...present(children));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** Build an SVG element, for drawings. */
export function svg(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, String(value));
  node.append(...present(children));
  return node;
}

/** Replace what is inside a node. */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

function setProp(node, name, value) {
  if (value === null || value === undefined) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === "dataset") {
    Object.assign(node.dataset, value);
  } else if (name === "class") {
    node.className = value;
  } else if (name === "value" || name === "checked") {
    node[name] = value;
  } else if (name.startsWith("aria-") || typeof value !== "boolean") {
    node.setAttribute(name, String(value));
  } else {
    node.toggleAttribute(name, value);
  }
}

const marks = new WeakMap();

/**
 * Make the children of `parent` follow `items` ({key, signature, render}).
 * A child whose key and signature stay is left alone, so nothing flickers and focus stays.
 */
export function reconcile(parent, items) {
  const old = new Map([...parent.children].map((node) => [marks.get(node)?.key, node]));
  const wanted = items.map((item) => {
    const node = reuseOrRender(old.get(item.key), item);
    old.delete(item.key);
    return node;
  });
  for (const node of old.values()) node.remove();
  let cursor = parent.firstElementChild;
  for (const node of wanted) {
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
}

function reuseOrRender(node, item) {
  if (node && marks.get(node).signature === item.signature) return node;
  const fresh = item.render();
  marks.set(fresh, { key: item.key, signature: item.signature });
  if (node) replaceKeepingFocus(node, fresh);
  return fresh;
}

/** Put `fresh` in the place of `node`; focus moves on to the control of the same name. */
function replaceKeepingFocus(node, fresh) {
  const active = document.activeElement;
  const held = node.contains(active);
  const field = held ? active.dataset.field : undefined;
  const caret = held ? caretOf(active) : null;
  node.replaceWith(fresh);
  if (!held) return;
  const twin = field && [...fresh.querySelectorAll("[data-field]")].find((each) => each.dataset.field === field);
  const target = twin || (fresh.tabIndex >= 0 || fresh.hasAttribute("tabindex") ? fresh : null);
  target?.focus({ preventScroll: true });
  if (twin && caret) restoreCaret(twin, caret);
}

function caretOf(node) {
  try {
    return node.selectionStart === null || node.selectionStart === undefined
      ? null
      : [node.selectionStart, node.selectionEnd];
  } catch {
    return null;
  }
}

function restoreCaret(node, caret) {
  try {
    node.setSelectionRange(...caret);
  } catch {
    // Number, date and e-mail inputs have no caret to restore.
  }
}

/** Call `action` once things have been quiet for `delay` milliseconds; `.cancel()` takes it back. */
export function debounce(action, delay) {
  let timer = 0;
  const later = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), delay);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

/** Only http, https and mailto addresses come back; anything else is null. */
export function safeUrl(text, schemes = ["http:", "https:", "mailto:"]) {
  try {
    const url = new URL(text);
    return schemes.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
