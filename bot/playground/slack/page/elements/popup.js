/* A list that hangs on a control: drawn above everything, under (or over) its anchor. */

const GAP = 4;
const MARGIN = 8;

/** Show `popup` at `anchor`; `onOutside` is called when the person turns to something else. */
export class Popup {
  #anchor;
  #popup;
  #onOutside;
  #place = () => this.place();
  #outside = (event) => {
    if (!this.#popup.contains(event.target) && !this.#anchor.contains(event.target)) this.#onOutside();
  };

  constructor(anchor, popup, onOutside) {
    this.#anchor = anchor;
    this.#popup = popup;
    this.#onOutside = onOutside;
    popup.popover = "manual";
  }

  get isOpen() {
    return this.#popup.matches(":popover-open");
  }

  open() {
    if (this.isOpen) return;
    this.#popup.showPopover();
    this.place();
    document.addEventListener("pointerdown", this.#outside, true);
    window.addEventListener("scroll", this.#place, true);
    window.addEventListener("resize", this.#place);
  }

  close() {
    document.removeEventListener("pointerdown", this.#outside, true);
    window.removeEventListener("scroll", this.#place, true);
    window.removeEventListener("resize", this.#place);
    if (this.#popup.isConnected && this.isOpen) this.#popup.hidePopover();
  }

  /** Below the anchor where there is room, otherwise above it. */
  place() {
    if (!this.#anchor.isConnected) {
      this.close();
      return;
    }
    const box = this.#anchor.getBoundingClientRect();
    const { style } = this.#popup;
    style.minWidth = `${Math.min(box.width, window.innerWidth - 2 * MARGIN)}px`;
    const width = this.#popup.offsetWidth;
    const height = this.#popup.offsetHeight;
    const below = box.bottom + GAP;
    const fitsBelow = below + height <= window.innerHeight - MARGIN || box.top < height + GAP + MARGIN;
    style.top = `${fitsBelow ? below : box.top - GAP - height}px`;
    style.left = `${Math.max(MARGIN, Math.min(box.left, window.innerWidth - width - MARGIN))}px`;
  }
}
