/* Cards, carousels, containers, videos and files. */

import { h, nextId, safeUrl } from "../dom/dom.js";
import { renderElement, renderImage } from "../elements/elements.js";
import { icon } from "../dom/icons.js";
import { link, plainOf, renderText } from "../text/mrkdwn.js";
import { renderRichText } from "./richtext.js";

/** A card: a picture, words, and up to three buttons. */
export function renderCard(block, surface, _draw, blockId = block.block_id) {
  const { names } = surface.directory;
  const line = (name) => (block[name] ? h("div", { class: `card-${name} mrkdwn` }, renderText(block[name], names)) : null);
  const actions = (block.actions ?? []).map((element) => renderElement(element, surface, blockId));
  const heads = [line("title"), line("subtitle")].filter(Boolean);
  return h(
    "div",
    { class: "card" },
    block.hero_image ? h("div", { class: "card-hero" }, renderImage(block.hero_image)) : null,
    heads.length || block.icon
      ? h("div", { class: "card-head" }, block.icon ? iconOf(block.icon) : null, h("div", { class: "card-heads" }, heads))
      : null,
    line("body"),
    line("subtext"),
    actions.length ? h("div", { class: "actions" }, actions) : null,
  );
}

function iconOf(image) {
  return h("span", { class: "block-icon" }, renderImage(image));
}

/** Cards beside each other, which scroll sideways. */
export function renderCarousel(block, surface, draw) {
  const cards = (block.elements ?? []).map((card) =>
    h("li", {}, card.type === "card" ? renderCard(card, surface, draw, card.block_id ?? block.block_id) : draw(card, surface)),
  );
  const list = h("ul", { class: "carousel-cards", tabindex: "0", role: "list", "aria-label": `${cards.length} cards` }, cards);
  const move = (step) => () => list.scrollBy({ left: step * list.clientWidth * 0.8, behavior: "smooth" });
  const turn = (label, sign, step) =>
    h("button", { type: "button", class: "button bare", "aria-label": label, on: { click: move(step) } }, icon(sign));
  const turns = h("div", { class: "carousel-turns" }, turn("Previous cards", "left", -1), turn("Next cards", "right", 1));
  return h("div", { class: "carousel" }, list, cards.length > 1 ? turns : null);
}

/** Blocks under a title of their own; some can be folded. */
export function renderContainer(block, surface, draw) {
  const width = ["narrow", "standard", "wide", "full"].includes(block.width) ? block.width : "standard";
  const children = (block.child_blocks ?? []).map((child) => draw(child, surface));
  const looks = `container container-${width}${block.has_header_divider ? " container-divided" : ""}`;
  const head = containerHead(block, surface);
  const body = h("div", { class: "container-body" }, children);
  if (!block.is_collapsible) return h("div", { class: looks }, h("div", { class: "container-head" }, head), body);
  const summary = h("summary", { class: "container-head" }, icon("down"), head);
  return h("details", { class: looks, open: !block.default_collapsed }, summary, body);
}

function containerHead(block, surface) {
  const { names } = surface.directory;
  const title = block.rich_text_title ? renderRichText(block.rich_text_title, names) : renderText(block.title, names);
  return [
    block.icon ? iconOf(block.icon) : null,
    h(
      "div",
      {},
      h("div", { class: "container-title" }, title),
      block.subtitle ? h("div", { class: "container-subtitle mrkdwn" }, renderText(block.subtitle, names)) : null,
    ),
  ];
}

/** A video: its title, and its picture as a link to it; nothing is embedded. */
export function renderVideo(block) {
  const title = plainOf(block.title);
  const url = safeUrl(block.video_url ?? "", ["http:", "https:"]);
  const titleUrl = safeUrl(block.title_url ?? "", ["http:", "https:"]) ?? url;
  const source = [block.provider_name, block.author_name].filter(Boolean).join(" · ");
  const picture = renderImage({ image_url: block.thumbnail_url, alt_text: block.alt_text });
  const play = h("span", { class: "video-play" }, icon("play"));
  const labelId = nextId("video");
  const anchor = url ? link(url, [picture, play]) : h("span", {}, picture);
  anchor.classList.add("video-picture");
  anchor.setAttribute("aria-labelledby", labelId);
  return h(
    "div",
    { class: "video" },
    source ? h("div", { class: "video-source" }, source) : null,
    h("div", { class: "video-title", id: labelId }, titleUrl ? link(titleUrl, title) : title),
    block.description ? h("div", { class: "video-description" }, plainOf(block.description)) : null,
    anchor,
  );
}

/** A remote file, known only by the app's own id for it. */
export function renderFile(block) {
  return h(
    "div",
    { class: "file" },
    h("span", { class: "file-sign" }, icon("file")),
    h("span", { class: "file-words" }, h("strong", {}, String(block.external_id ?? "File")), h("span", {}, "Remote file")),
  );
}
