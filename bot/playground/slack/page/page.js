/* Joins the parts of the page: snapshots in, what the person does out. */

import { afterPress } from "./dom/press.js";
import { avatar } from "./dom/avatar.js";
import { Beside } from "./frame/beside.js";
import { Composer } from "./conversation/composer.js";
import { Connection } from "./frame/connection.js";
import { Conversation, signOf } from "./conversation/conversation.js";
import { Dock } from "./frame/dock.js";
import { followClock } from "./text/dates.js";
import { fill } from "./dom/dom.js";
import { Guide, deciderOf } from "./frame/guide.js";
import { Home } from "./conversation/home.js";
import { icon } from "./dom/icons.js";
import { Modal } from "./modal/modal.js";
import { Nexthink } from "./panels/nexthink.js";
import { isEmbedded, readPlace, writePlace } from "./frame/place.js";
import { showProblem } from "./dom/problem.js";
import { Sidebar } from "./frame/sidebar.js";
import { Slack } from "./panels/slack.js";
import { Switcher } from "./frame/switcher.js";
import { Thread } from "./conversation/thread.js";
import { Unread } from "./frame/unread.js";
import { Wire } from "./panels/wire.js";

const byId = (id) => document.getElementById(id);
const ROOM_FOR_WIRE = "(min-width: 1100px)";

for (const node of document.querySelectorAll("[data-icon]")) node.prepend(icon(node.dataset.icon));
document.body.classList.toggle("embedded", isEmbedded);

let snapshot = null;
let shownChannel = null;
let wanted = readPlace();

/** What is known about people and channels, always from the newest snapshot. */
const directory = {
  me: () => snapshot.me,
  people: () => snapshot.people,
  channels: () => snapshot.channels,
  appName: () => snapshot.app.name,
  appId: () => snapshot.app.bot_user_id,
  names: {
    user: (id) =>
      id === snapshot.app.bot_user_id
        ? snapshot.app.name
        : (snapshot.people.find((person) => person.id === id)?.name ?? null),
    channel: (id) => snapshot.channels.find((channel) => channel.id === id)?.name ?? null,
    group: (id) => snapshot.groups?.find((group) => group.id === id) ?? null,
    isMe: (id) => id === snapshot.me,
  },
};

const connection = new Connection({
  onSnapshot: receive,
  onLost: (isLost) => banner("connection-lost", isLost ? "Connection lost, trying again…" : ""),
});
const act = (what, details) => connection.act(what, details);
const dock = new Dock();
const beside = new Beside((isOpen) => {
  dock.split(isOpen);
  showMe();
});
const openBeside = isEmbedded ? undefined : (person) => beside.open(person);
const openThread = (ts) => thread.open(ts, snapshot, shownChannel);
const composer = new Composer(byId("composer-area"), act, { id: "composer", label: "Message", inThread: false });
const tools = { act, directory, openThread, openBeside, deciderOf: (message) => deciderOf(message, snapshot) };
const draw = afterPress(drawNow);
const conversation = new Conversation(tools, (text) => composer.sendText(text));
const thread = new Thread({ act, directory, openBeside });
const home = new Home({ act, directory }, (tab) => goTo({ tab }));
const modal = new Modal({ act, directory });
const sidebar = new Sidebar({ person: choosePerson, channel: chooseChannel });
const unread = new Unread();
const guide = new Guide({
  run: tryOut,
  beside: (person) => beside.open(person),
  card: (channel) => goTo({ channel, tab: "messages" }),
});
const wire = new Wire();
new Switcher(places);

/** Until the first snapshot there is nothing to act on, so that nothing which is pressed gets lost. */
function openUp() {
  for (const id of ["topbar", "frame"]) byId(id).inert = false;
  if (!isEmbedded) addPanels();
}

function addPanels() {
  const [nexthink, slack] = [new Nexthink(), new Slack()];
  const isDefault = window.matchMedia(ROOM_FOR_WIRE).matches;
  dock.add("wire", { isDefault, onShow: (isShown) => isShown && wire.toEnd() });
  dock.add("slack", { onShow: (isShown) => slack.watch(isShown) });
  dock.add("nexthink", { onShow: (isShown) => nexthink.watch(isShown) });
  slack.watch(!byId("slack").hidden);
  nexthink.watch(!byId("nexthink").hidden);
}

function receive(received) {
  followClock(received.ahead_seconds);
  if (!snapshot) openUp();
  snapshot = received;
  draw();
}

function drawNow() {
  const channel = snapshot.channels.find((each) => each.id === wanted.channel) ?? snapshot.channels[0];
  if (!channel) return;
  shownChannel = channel;
  wanted = { person: snapshot.me, channel: channel.id, tab: channel.kind === "dm" ? wanted.tab : null };
  writePlace(wanted);
  document.title = `${channel.name} | ${snapshot.workspace}`;
  fill(byId("channel-name"), icon(signOf(channel.kind)), channel.name);
  fill(byId("channel-topic"), channel.topic ?? "");
  banner("app-missing", snapshot.app.connected ? "" : `${snapshot.app.name} is not connected yet`);
  unread.follow(snapshot, channel.id);
  sidebar.show(snapshot, channel.id, unread);
  composer.show(snapshot, channel);
  const isHome = home.show(snapshot, channel, wanted.tab);
  byId("composer-area").hidden = isHome;
  conversation.show(snapshot, channel, isHome);
  thread.show(snapshot, channel);
  guide.show(snapshot);
  beside.show(snapshot);
  wire.show(snapshot);
  showMe();
  modal.show(snapshot.views);
}

/** Side by side, each half says whose it is. */
function showMe() {
  const bar = byId("me-bar");
  bar.hidden = !beside.isOpen;
  const me = snapshot?.people.find(({ id }) => id === snapshot.me);
  if (bar.hidden || !me || bar.dataset.for === me.id) return;
  bar.dataset.for = me.id;
  fill(bar, avatar(me), me.title ? `${me.name} · ${me.title}` : me.name);
}

function banner(id, text) {
  const node = byId(id);
  if (node.textContent === text) return;
  node.hidden = !text;
  showProblem(node, text);
}

function choosePerson(id) {
  showSidebar(false);
  if (id === wanted.person) return;
  wanted = { ...wanted, person: id };
  become(id);
}

/** On the way to another person nothing is typed that would be sent as the one before. */
function become(person) {
  composer.wait();
  connection.watch(person);
}

function chooseChannel(id) {
  showSidebar(false);
  goTo({ channel: id });
  composer.focus();
}

function goTo(place) {
  wanted = { ...wanted, ...place };
  draw();
}

/** Send a line where a person may write: not to an app that takes no messages. */
function tryOut(text) {
  const isClosed = shownChannel.kind === "dm" && snapshot.app.is_read_only;
  if (isClosed) goTo({ channel: snapshot.channels.find(({ kind }) => kind !== "dm").id });
  if (shownChannel.kind === "dm") goTo({ tab: "messages" });
  return composer.sendText(text);
}

/** Everything that Ctrl+K can go to. */
function places() {
  const panels = isEmbedded ? [] : ["slack", "nexthink", "wire"].filter((name) => !byId(`${name}-toggle`).hidden);
  const people = isEmbedded ? [] : snapshot.people.filter(({ id }) => id !== snapshot.me);
  return [
    ...snapshot.channels.map(({ id, name, kind, topic }) => ({
      label: name,
      hint: topic,
      sign: signOf(kind),
      go: () => chooseChannel(id),
    })),
    ...people.map(({ id, name, title }) => ({
      label: name,
      hint: `act as: ${title}`,
      sign: "at",
      go: () => choosePerson(id),
    })),
    ...people.map(({ id, name }) => ({ label: name, hint: "side by side", sign: "split", go: () => beside.open(id) })),
    ...panels.map((name) => ({
      label: byId(`${name}-heading`).textContent,
      hint: "panel",
      sign: "wire",
      go: () => dock.open(name),
    })),
  ];
}

/** On narrow screens the sidebar is a drawer. */
function showSidebar(open) {
  document.body.classList.toggle("sidebar-open", open);
  byId("sidebar-toggle").setAttribute("aria-expanded", String(open));
}

byId("sidebar-toggle").addEventListener("click", () => {
  const open = !document.body.classList.contains("sidebar-open");
  showSidebar(open);
  if (open) document.querySelector("#sidebar [aria-current='true'], #people [aria-pressed='true']")?.focus();
});
byId("sidebar-shade").addEventListener("click", () => showSidebar(false));
byId("sidebar").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !document.body.classList.contains("sidebar-open")) return;
  showSidebar(false);
  byId("sidebar-toggle").focus();
});
document.addEventListener("visibilitychange", () => document.hidden || (snapshot && draw()));
window.addEventListener("hashchange", () => {
  const place = readPlace();
  wanted = place;
  if (place.person && place.person !== snapshot?.me) become(place.person);
  else if (snapshot) draw();
});

become(wanted.person);
if (!isEmbedded) composer.focus();
