/* A button with a menu of actions: overflow menus and the shortcuts of a message. */

import { h, nextId } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { Popup } from "./popup.js";

/** Build the button. `entries` are {label, description, danger, choose}; `sign` is its icon. */
export function menuButton({ label, attributes = {}, entries, sign = "more" }) {
  const menuId = nextId("menu");
  const items = entries.map((entry) => menuItem(entry, () => close(true)));
  const menu = h(
    "div",
    { id: menuId, class: "popup menu", role: "menu", "aria-label": label, on: { keydown: (event) => keys(event) } },
    items,
  );
  const button = h(
    "button",
    {
      type: "button",
      class: "button icon-button",
      "aria-label": label,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-controls": menuId,
      ...attributes,
      on: {
        click: () => (popup.isOpen ? close(true) : open()),
        keydown: (event) => event.key === "ArrowDown" && (event.preventDefault(), open()),
      },
    },
    icon(sign),
  );
  const popup = new Popup(button, menu, () => close(false));

  function open() {
    popup.open();
    button.setAttribute("aria-expanded", "true");
    items[0]?.focus();
  }

  function close(giveFocus) {
    popup.close();
    button.setAttribute("aria-expanded", "false");
    if (giveFocus) button.focus();
  }

  function keys(event) {
    const index = items.indexOf(document.activeElement);
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      items[(target + items.length) % items.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      close(true);
    }
  }

  return h("span", { class: "menu-holder" }, button, menu);
}

function menuItem({ label, description, choose }, close) {
  const pick = () => {
    close();
    choose();
  };
  return h(
    "button",
    { type: "button", class: "menu-item", role: "menuitem", tabindex: "-1", on: { click: pick } },
    h("span", {}, label),
    description ? h("span", { class: "option-description" }, description) : null,
  );
}
