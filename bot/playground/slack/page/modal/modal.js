/* The modal: the top view of this person's stack, redrawn live and without losing what is typed. */

import { appAvatar } from "../dom/avatar.js";
import { fill, h, nextId, reconcile } from "../dom/dom.js";
import { renderBlock, showInputError } from "../blocks/blocks.js";
import { icon } from "../dom/icons.js";
import { focusable, openLayer } from "./layer.js";
import { plainOf } from "../text/mrkdwn.js";
import { failureOf, showProblem } from "../dom/problem.js";
import { FormStates, valueOf } from "../elements/state.js";
import { surfaceOf } from "../blocks/surface.js";
import { formProblems } from "./validate.js";

const FIRST_INPUT =
  ".block-input [data-field], .block input:not([type=checkbox]):not([type=radio]), .block textarea, .block [contenteditable]";
const SETTLING = 1000; // After a submission the next snapshot brings the new view; it never takes this long.

export class Modal {
  #tools;
  #states = new FormStates();
  #view = null;
  #drawn = null;

  /** `tools` are {act(do, details), directory}: the way to the server, and who people and channels are. */
  constructor(tools) {
    this.#tools = tools;
  }

  /** Show the stack of views; an empty one closes the modal. */
  show(views) {
    this.#states.keepOnly(new Set(views.map(({ id }) => id)));
    const view = views.at(-1);
    if (!view) {
      this.#close();
    } else if (view.id !== this.#view?.id) {
      this.#close();
      this.#open(view, views.length > 1);
    } else if (view.hash !== this.#view.hash) {
      this.#update(view, views.length > 1);
    }
  }

  #close() {
    this.#drawn?.close();
    this.#drawn = null;
    this.#view = null;
  }

  #open(view, nested) {
    const titleId = nextId("modal-title");
    const header = h("div", { class: "dialog-header" });
    const body = h("div", { class: "dialog-body" });
    const notice = h("div", { class: "dialog-notice", role: "alert" });
    const footer = h("div", { class: "dialog-buttons" });
    const form = h(
      "form",
      { novalidate: true, on: { submit: (event) => (event.preventDefault(), this.#submit()) } },
      body,
      notice,
      footer,
    );
    const dialog = h(
      "div",
      { class: "dialog modal", role: "dialog", "aria-modal": "true", "aria-labelledby": titleId, tabindex: "-1" },
      header,
      form,
    );
    this.#drawn = { titleId, header, body, notice, footer, dialog, busy: false };
    this.#drawn.close = openLayer(h("div", { class: "overlay" }, dialog), { escape: () => this.#dismiss(false) });
    this.#update(view, nested);
  }

  #update(view, nested) {
    this.#view = view;
    const state = this.#states.follow(view.id, view.blocks, view.state?.values);
    const { titleId, header, body } = this.#drawn;
    const back = h(
      "button",
      { type: "button", class: "button bare", "aria-label": "Back", on: { click: () => this.#dismiss(false) } },
      icon("back"),
    );
    const dismiss = h(
      "button",
      { type: "button", class: "button bare", "aria-label": "Dismiss", on: { click: () => this.#dismiss(true) } },
      icon("close"),
    );
    fill(header, nested ? back : appAvatar(), h("h2", { id: titleId, class: "dialog-title" }, plainOf(view.title)), dismiss);
    this.#warn("");
    this.#drawFooter(false);
    const surface = this.#surface(state);
    reconcile(
      body,
      view.blocks.map((block, index) => ({
        key: block.block_id ?? `#${index}`,
        signature: JSON.stringify(block),
        render: () => renderBlock(block, surface),
      })),
    );
    this.#showErrors(noErrors(view));
    this.#focus();
  }

  #drawFooter(busy) {
    const { submit, close, submit_disabled: disabled = false } = this.#view;
    const closeText = plainOf(close) || (submit ? "Cancel" : "Close");
    const busyProps = busy ? { "aria-busy": "true", "aria-disabled": "true" } : {};
    fill(
      this.#drawn.footer,
      h(
        "button",
        { type: "button", class: "button", dataset: { field: "close" }, on: { click: () => this.#dismiss(false) } },
        closeText,
      ),
      submit
        ? h(
            "button",
            { type: "submit", class: "button primary", dataset: { field: "submit" }, disabled, ...busyProps },
            plainOf(submit),
          )
        : null,
    );
    this.#drawn.busy = busy;
  }

  /** Where nothing inside has the focus: the control that asks for it, the first input, or the dialog. */
  #focus() {
    const { dialog, body } = this.#drawn;
    if (dialog.contains(document.activeElement) && document.activeElement !== dialog) return;
    const wanted = this.#view.blocks.find((block) => block.element?.focus_on_load);
    const name = wanted && `${wanted.block_id} ${wanted.element.action_id}`;
    const asked = name && [...body.querySelectorAll("[data-field]")].find((each) => each.dataset.field === name);
    (asked || body.querySelector(FIRST_INPUT) || focusable(body)[0] || dialog).focus();
  }

  #surface(state) {
    const viewId = this.#view.id;
    return surfaceOf(this.#tools, state, () => ({ view_id: viewId, values: state.values() }), {
      isForm: true,
      changed: (blockId) => this.#showErrors({ [blockId]: "" }),
      failed: (text) => this.#view?.id === viewId && this.#warn(text),
    });
  }

  async #submit() {
    if (this.#drawn.busy || this.#view.submit_disabled) return;
    const view = this.#view;
    const state = this.#states.get(view.id);
    const problems = formProblems(view.blocks, (blockId, actionId) => {
      const kept = state.get(blockId, actionId);
      return kept && valueOf(kept);
    });
    this.#showErrors({ ...noErrors(view), ...problems });
    this.#warn("");
    if (Object.keys(problems).length) return;
    this.#busy(true);
    const answer = await this.#tools.act("submit", { view_id: view.id, values: state.values() });
    if (this.#view?.id === view.id && this.#view.hash === view.hash) this.#answered(answer);
  }

  #answered(answer) {
    const errors = answer.errors ?? {};
    if (!answer.ok) {
      this.#busy(false);
      this.#warn(failureOf(answer));
    } else if (Object.keys(errors).length) {
      this.#busy(false);
      this.#showErrors(errors);
    } else {
      const drawn = this.#drawn;
      setTimeout(() => this.#drawn === drawn && drawn.busy && this.#busy(false), SETTLING);
    }
  }

  #busy(busy) {
    const held = this.#drawn.footer.contains(document.activeElement) && document.activeElement.dataset.field;
    this.#drawFooter(busy);
    if (held) this.#drawn.footer.querySelector(`[data-field=${held}]`)?.focus();
  }

  #warn(text) {
    showProblem(this.#drawn.notice, text);
  }

  /** Show texts under their blocks and go to the first of them; an empty text clears. */
  #showErrors(errors) {
    const nodes = [...this.#drawn.body.children].filter((node) => node.dataset.blockId in errors);
    for (const node of nodes) showInputError(node, errors[node.dataset.blockId]);
    const first = nodes.find((node) => errors[node.dataset.blockId]);
    const control = first?.querySelector("[data-field]") ?? (first && focusable(first)[0]);
    control?.focus();
  }

  async #dismiss(isCleared) {
    const view = this.#view;
    const answer = await this.#tools.act("close", { view_id: view.id, is_cleared: isCleared });
    if (!answer.ok && this.#view?.id === view.id) this.#warn(failureOf(answer));
  }
}

function noErrors(view) {
  return Object.fromEntries(view.blocks.map((block) => [block.block_id, ""]));
}
