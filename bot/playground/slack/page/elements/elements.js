/* One place that knows how to draw each block element. */

import { h, safeUrl } from "../dom/dom.js";
import { renderButton, renderFeedbackButtons, renderIconButton, renderOverflow, renderWorkflowButton } from "./buttons.js";
import { Field } from "./field.js";
import { renderFileInput } from "./files.js";
import {
  renderCheckboxes,
  renderDatepicker,
  renderDatetimepicker,
  renderNumberInput,
  renderRadioButtons,
  renderTextInput,
  renderTimepicker,
} from "./inputs.js";
import { renderRichTextInput } from "./richinput.js";
import { renderSelect } from "./select.js";

const RENDERERS = {
  button: renderButton,
  workflow_button: renderWorkflowButton,
  icon_button: renderIconButton,
  feedback_buttons: renderFeedbackButtons,
  overflow: renderOverflow,
  static_select: renderSelect,
  external_select: renderSelect,
  users_select: renderSelect,
  channels_select: renderSelect,
  conversations_select: renderSelect,
  multi_static_select: renderSelect,
  multi_external_select: renderSelect,
  multi_users_select: renderSelect,
  multi_channels_select: renderSelect,
  multi_conversations_select: renderSelect,
  plain_text_input: renderTextInput,
  email_text_input: renderTextInput,
  url_text_input: renderTextInput,
  number_input: renderNumberInput,
  rich_text_input: renderRichTextInput,
  file_input: renderFileInput,
  datepicker: renderDatepicker,
  timepicker: renderTimepicker,
  datetimepicker: renderDatetimepicker,
  checkboxes: renderCheckboxes,
  radio_buttons: renderRadioButtons,
};

/** Draw an element of a block; one that is not known becomes a box with its name. */
export function renderElement(element, surface, blockId, input = null) {
  if (element.type === "image") return renderImage(element);
  if (!Object.hasOwn(RENDERERS, element.type)) return renderUnknown("element", element);
  return RENDERERS[element.type](new Field(surface, blockId, element, input));
}

/** An image, or its alternative text where it cannot be had. */
export function renderImage({ image_url: address, alt_text: alt = "", slack_file: file }) {
  const url = address && safeUrl(address, ["http:", "https:"]);
  const missing = () => h("span", { class: "image-missing" }, alt || file?.url || file?.id || "Image");
  if (!url) return missing();
  const image = h("img", { src: url, alt, title: alt || null, loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(missing()));
  return image;
}

/** A visible box for what this page cannot draw. */
export function renderUnknown(kind, { type }) {
  return h("div", { class: "unknown" }, `Unknown ${kind}: ${type ?? "no type"}`);
}
