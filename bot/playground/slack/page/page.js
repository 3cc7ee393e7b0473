/* Joins the parts of the page: snapshots in, what the person does out. */

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { fill } from "./dom.js";
import { icon } from "./icons.js";
import { Modal } from "./modal.js";
import { Nexthink } from "./nexthink.js";
import { readPlace, writePlace } from "./place.js";
import { showProblem } from "./problem.js";
import { Sidebar } from "./sidebar.js";
import { Unread } from "./unread.js";
import { Wire } from "./wire.js";

let snapshot = null;
let wanted = readPlace();

/** What is known about people and channels, always from the newest snapshot. */
const directory = {
  people: () => snapshot.people,
  channels: () => snapshot.channels,
  appName: () => snapshot.app.name,
  names: {
    user: (id) =>
      id === snapshot.app.bot_user_id
        ? snapshot.app.name
        : (snapshot.people.find((person) => person.id === id)?.name ?? null),
    channel: (id) => snapshot.channels.find((channel) => channel.id === id)?.name ?? null,
  },
};

const connection = new Connection({
  onSnapshot: receive,
  onLost: (isLost) => banner("connection-lost", isLost ? "Connection lost, trying again…" : ""),
});
const act = (what, details) => connection.act(what, details);
const composer = new Composer(act);
const conversation = new Conversation(act, directory, (text) => composer.sendText(text));
const modal = new Modal(act, directory);
const sidebar = new Sidebar({ person: choosePerson, channel: chooseChannel });
const unread = new Unread();
const wire = new Wire(() => nexthink.giveWay());
const nexthink = new Nexthink(wire);

function receive(received) {
  snapshot = received;
  draw();
}

function draw() {
  const channel = snapshot.channels.find((each) => each.id === wanted.channel) ?? snapshot.channels[0];
  if (!channel) return;
  wanted = { person: snapshot.me, channel: channel.id };
  writePlace(wanted);
  document.title = `${channel.name} | ${snapshot.workspace}`;
  fill(
    document.getElementById("channel-name"),
    icon(channel.kind === "dm" ? "wrench" : channel.kind === "private" ? "lock" : "hash"),
    channel.name,
  );
  fill(document.getElementById("channel-topic"), channel.topic ?? "");
  banner("app-missing", snapshot.app.connected ? "" : `${snapshot.app.name} is not connected yet`);
  unread.follow(snapshot, channel.id);
  sidebar.show(snapshot, channel.id, unread);
  composer.show(snapshot, channel);
  conversation.show(snapshot, channel);
  wire.show(snapshot.wire, snapshot.app.name);
  modal.show(snapshot.views);
}

function banner(id, text) {
  const node = document.getElementById(id);
  if (node.textContent === text) return;
  node.hidden = !text;
  showProblem(node, text);
}

function choosePerson(id) {
  showSidebar(false);
  if (id === snapshot?.me) return;
  wanted = { ...wanted, person: id };
  connection.watch(id);
}

function chooseChannel(id) {
  showSidebar(false);
  wanted = { ...wanted, channel: id };
  draw();
  document.getElementById("composer").focus();
}

/** On narrow screens the sidebar is a drawer. */
function showSidebar(open) {
  document.body.classList.toggle("sidebar-open", open);
  document.getElementById("sidebar-toggle").setAttribute("aria-expanded", String(open));
}

document.getElementById("sidebar-toggle").addEventListener("click", () => {
  const open = !document.body.classList.contains("sidebar-open");
  showSidebar(open);
  if (open) document.querySelector("#people [aria-pressed='true']")?.focus();
});
document.getElementById("sidebar-shade").addEventListener("click", () => showSidebar(false));
document.getElementById("sidebar").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !document.body.classList.contains("sidebar-open")) return;
  showSidebar(false);
  document.getElementById("sidebar-toggle").focus();
});
document.addEventListener("visibilitychange", () => document.hidden || (snapshot && draw()));
window.addEventListener("hashchange", () => {
  const place = readPlace();
  wanted = place;
  if (place.person && place.person !== snapshot?.me) connection.watch(place.person);
  else if (snapshot) draw();
});

connection.watch(wanted.person);
document.getElementById("composer").focus();
