/* The rich_text_input: a text with bold, italic, struck out and code; the state is a rich_text object. */

import { debounce, h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";
import { plainOf } from "../text/mrkdwn.js";
import { renderRichText } from "../blocks/richtext.js";

const TYPING_PAUSE = 300;
const TOOLS = [
  ["bold", "Bold", "b"],
  ["italic", "Italic", "i"],
  ["strike", "Strikethrough", "x"],
];
const COMMANDS = { bold: "bold", italic: "italic", strike: "strikeThrough" };
const STYLES = { B: "bold", STRONG: "bold", I: "italic", EM: "italic", S: "strike", STRIKE: "strike", DEL: "strike", CODE: "code" };
const LINES = new Set(["DIV", "P", "LI", "BLOCKQUOTE", "PRE", "UL", "OL"]);

/** Render the input. */
export function renderRichTextInput(field) {
  const placeholder = plainOf(field.element.placeholder);
  const triggers = field.element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const sendLater = debounce(() => field.send(field.value), TYPING_PAUSE);
  const typed = () => {
    field.keep(readRichText(editor));
    field.surface.changed(field.blockId);
    if (field.sendsChanges && triggers.includes("on_character_entered")) sendLater();
  };
  const editor = editable(field, placeholder, typed);
  const tools = TOOLS.map(([style, label, key]) => tool(style, label, key, editor));
  const show = () => tools.forEach((each, at) => each.setAttribute("aria-pressed", String(isOn(TOOLS[at][0]))));
  editor.addEventListener("keyup", show);
  editor.addEventListener("mouseup", show);
  return h("div", { class: "rich-input" }, h("div", { class: "rich-tools", role: "group", "aria-label": "Formatting" }, tools), editor);
}

function editable(field, placeholder, typed) {
  const { min_lines: least, max_lines: most } = field.element;
  const editor = h("div", {
    class: "rich-editor",
    contenteditable: "true",
    role: "textbox",
    "aria-multiline": "true",
    ...field.attributes(placeholder || "Text"),
    "aria-labelledby": field.input?.labelId ?? null,
    "aria-placeholder": placeholder || null,
    on: { input: typed, paste: pastePlain, keydown: shortcuts },
  });
  if (least) editor.style.minHeight = `calc(${least} * 1.47em + 20px)`;
  if (most) editor.style.maxHeight = `calc(${most} * 1.47em + 20px)`;
  editor.dataset.placeholder = placeholder;
  if (field.value) editor.append(...[...renderRichText(field.value, field.surface.directory.names).childNodes]);
  return editor;
}

function tool(style, label, key, editor) {
  const button = h(
    "button",
    {
      type: "button",
      class: "button bare",
      "aria-label": label,
      title: `${label} (Ctrl+${style === "strike" ? "Shift+" : ""}${key.toUpperCase()})`,
      "aria-pressed": "false",
      on: {
        mousedown: (event) => event.preventDefault(),
        click: () => {
          if (document.activeElement !== editor) editor.focus();
          button.setAttribute("aria-pressed", String(toggle(style)));
        },
      },
    },
    icon(style),
  );
  return button;
}

function toggle(style) {
  document.execCommand(COMMANDS[style]); // The one way that keeps the browser's undo.
  return isOn(style);
}

function isOn(style) {
  return document.queryCommandState(COMMANDS[style]);
}

function shortcuts(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  const found = TOOLS.find(([style, , key]) => key === event.key.toLowerCase() && event.shiftKey === (style === "strike"));
  if (!found) return;
  event.preventDefault();
  toggle(found[0]);
}

function pastePlain(event) {
  event.preventDefault();
  document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
}

/** What an editor holds as a rich_text object; null where there is no text. */
function readRichText(editor) {
  const runs = [];
  collect(editor, {}, runs);
  const elements = trimmed(merged(runs)).map(({ text, style }) => ({
    type: "text",
    text,
    ...(Object.keys(style).length ? { style } : {}),
  }));
  return elements.length ? { type: "rich_text", elements: [{ type: "rich_text_section", elements }] } : null;
}

function collect(node, style, runs) {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      runs.push({ text: child.data.replaceAll("\u00a0", " "), style });
    } else if (child.nodeName === "BR") {
      if (child.nextSibling || !LINES.has(node.nodeName)) runs.push({ text: "\n", style });
    } else {
      if (LINES.has(child.nodeName) && runs.length && !endsLine(runs, child)) runs.push({ text: "\n", style });
      const own = STYLES[child.nodeName];
      collect(child, own ? { ...style, [own]: true } : style, runs);
    }
  }
}

/** The first line stands bare in the editor, each further one in a box of its own. */
function endsLine(runs, child) {
  return !child.previousSibling || (runs.at(-1).text.endsWith("\n") && child.previousSibling.nodeName === "BR");
}

function merged(runs) {
  const out = [];
  for (const { text, style } of runs) {
    if (text && out.length && sameStyle(out.at(-1).style, style)) out.at(-1).text += text;
    else if (text) out.push({ text, style });
  }
  return out;
}

function sameStyle(one, other) {
  return JSON.stringify(Object.keys(one).toSorted()) === JSON.stringify(Object.keys(other).toSorted());
}

function trimmed(runs) {
  const last = runs.at(-1);
  if (!last) return runs;
  last.text = last.text.replace(/\n+$/, "");
  return last.text ? runs : trimmed(runs.slice(0, -1));
}
