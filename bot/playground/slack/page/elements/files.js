/* The file input: choose files or drop them, see them listed, take one away again. */

import { fill, h } from "../dom/dom.js";
import { icon } from "../dom/icons.js";

const MAX_FILES = 10; // https://docs.slack.dev/reference/block-kit/block-elements/file-input-element
const MAX_BYTES = 10_000_000;
const UNITS = ["bytes", "KB", "MB"];

/** Render a file input; what is chosen is uploaded at once, as Slack does it. */
export function renderFileInput(field) {
  return new FileInput(field).node;
}

class FileInput {
  #field;
  #list;
  #note = h("div", { class: "files-note", role: "status" });
  #picker;
  #drop;
  #uploading = 0;

  constructor(field) {
    this.#field = field;
    const label = field.input?.labelId ?? null;
    this.#list = h("ul", { class: "files", "aria-label": "Chosen files" });
    const kinds = (field.element.filetypes ?? []).map((kind) => `.${kind.replace(/^\./, "")}`);
    this.#picker = h("input", {
      ...field.attributes("Files"),
      type: "file",
      class: "files-picker",
      "aria-labelledby": label,
      multiple: this.#most > 1,
      accept: kinds.length ? kinds.join(",") : null,
      on: { change: () => this.#picked() },
    });
    const words = h("span", {}, h("b", {}, this.#most > 1 ? "Add files" : "Add a file"), " or drop them here");
    this.#drop = h("label", { class: "files-drop", on: this.#dropping() }, icon("file"), words, this.#picker);
    this.node = h("div", { class: "file-input" }, this.#list, this.#drop, this.#note);
    this.#show();
  }

  get #most() {
    return this.#field.element.max_files ?? MAX_FILES;
  }

  #dropping() {
    const over = (event) => {
      event.preventDefault();
      this.#drop.classList.add("dropping");
    };
    const leave = () => this.#drop.classList.remove("dropping");
    const drop = (event) => {
      event.preventDefault();
      leave();
      this.#add([...event.dataTransfer.files]);
    };
    return { dragover: over, dragleave: leave, drop };
  }

  #picked() {
    const chosen = [...this.#picker.files];
    this.#picker.value = "";
    this.#add(chosen);
  }

  async #add(files) {
    const room = this.#most - this.#field.value.length - this.#uploading;
    const problems = files.length > room ? [`At most ${this.#most} ${this.#most === 1 ? "file" : "files"}.`] : [];
    for (const file of files.slice(0, Math.max(0, room))) {
      const problem = file.size > MAX_BYTES ? "is larger than 10 MB" : this.#strange(file);
      if (problem) problems.push(`${file.name} ${problem}.`);
      else problems.push(...(await this.#upload(file)));
    }
    this.#show(problems.join(" "));
  }

  #strange({ name }) {
    const kinds = this.#field.element.filetypes ?? [];
    const ending = name.toLowerCase().split(".").at(-1);
    return !kinds.length || kinds.some((kind) => kind.toLowerCase().replace(/^\./, "") === ending)
      ? null
      : `is not of a kind that can be used here (${kinds.join(", ")})`;
  }

  /** Upload one file; the answer is a list of what went wrong. */
  async #upload(file) {
    this.#uploading += 1;
    this.#show();
    const answer = await sent(file, this.#field.surface.directory.me());
    this.#uploading -= 1;
    if (!answer.ok) return [answer.message ?? `${file.name} could not be uploaded: ${answer.error}.`];
    await this.#field.change([...this.#field.value, answer.file]);
    return [];
  }

  async #remove(id) {
    await this.#field.change(this.#field.value.filter((each) => each.id !== id));
    this.#show();
    this.#picker.focus();
  }

  #show(note = "") {
    fill(
      this.#list,
      this.#field.value.map((file) => this.#row(file)),
    );
    this.#list.hidden = !this.#field.value.length;
    this.#drop.hidden = this.#field.value.length >= this.#most;
    fill(this.#note, this.#uploading ? [h("span", { class: "spinner" }), "Uploading…"] : note);
  }

  #row({ id, name, size, mimetype }) {
    const words = [mimetype, sizeOf(size)].filter(Boolean).join(", ");
    const props = { type: "button", class: "button bare", "aria-label": `Remove ${name ?? id}` };
    return h(
      "li",
      { class: "file" },
      h("span", { class: "file-sign" }, icon("file")),
      h("span", { class: "file-words" }, h("strong", {}, name ?? id), words ? h("span", {}, words) : null),
      h("button", { ...props, on: { click: () => this.#remove(id) } }, icon("close")),
    );
  }
}

async function sent(file, person) {
  const query = new URLSearchParams({ person, name: file.name });
  try {
    const headers = { "Content-Type": file.type || "application/octet-stream" };
    const response = await fetch(`/ui/files?${query}`, { method: "POST", headers, body: file });
    const answer = await response.json();
    return typeof answer.ok === "boolean" ? answer : { ok: false, error: `http_${response.status}` };
  } catch {
    return { ok: false, message: `${file.name} could not be uploaded: the local Slack did not take it.` };
  }
}

function sizeOf(bytes) {
  if (!Number.isFinite(bytes)) return "";
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${Number((bytes / 1000 ** power).toFixed(power ? 1 : 0))} ${UNITS[power]}`;
}
