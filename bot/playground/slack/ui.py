"""What the page talks to: snapshots over a WebSocket, and one door for every act."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.playground.slack.delivery.deliveries import Deliveries
from bot.playground.slack.installation import Installation
from bot.playground.slack.person.answer import Answer
from bot.playground.slack.person.client import Client
from bot.playground.slack.person.seat import Place
from bot.playground.slack.snapshot import snapshot
from bot.playground.slack.workspace import Message, View

COALESCE_SECONDS = 0.03
"""At most one snapshot in this time."""

Json = dict[str, Any]


class Ui:
    """Serves `/ui` and `/ui/act`."""

    def __init__(self, install: Installation, deliveries: Deliveries, client_of: Callable[[str], Client]) -> None:
        self._install = install
        self._deliveries = deliveries
        self._client_of = client_of
        self._pages: set[web.WebSocketResponse] = set()
        install.clock.on_jump.append(install.workspace.changes.announce)

    async def watch(self, request: web.Request) -> web.StreamResponse:
        """Send snapshots to one page until it goes away."""
        refuse_strangers(request)
        people = self._install.workspace.people
        person_id = request.query.get("person") or next(iter(people))
        if person_id not in people:
            raise web.HTTPNotFound(text=f"there is no person {person_id}")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._pages.add(socket)
        sending = asyncio.create_task(self._send_snapshots(socket, person_id))
        try:
            async for _ in socket:
                pass
        finally:
            self._pages.discard(socket)
            sending.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await sending
        return socket

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Do one thing as a person; answer when the app has acked, refused or run out of time."""
        refuse_strangers(request)
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="send JSON")
        try:
            asked = json.loads(await request.read())
            act = _ACTS.get(asked["do"], _unknown)
            answer = await act(self._client_of(asked["person"]), asked)
        except KeyError as wrong:
            return _bad_request(f"the field {wrong} is missing")
        except (LookupError, TypeError, ValueError, AttributeError) as wrong:
            return _bad_request(str(wrong))
        return web.json_response(answer)

    async def stop(self) -> None:
        """Say goodbye to every page."""
        with suppress(ValueError):  # it may be stopped twice
            self._install.clock.on_jump.remove(self._install.workspace.changes.announce)
        for socket in tuple(self._pages):
            await socket.close()

    async def _send_snapshots(self, socket: web.WebSocketResponse, person_id: str) -> None:
        changes, last = self._install.workspace.changes, ""
        try:
            while not socket.closed:
                count = changes.count
                seen = snapshot(self._install, person_id, self._deliveries)
                if seen != last:
                    await socket.send_str(seen)
                    last = seen
                await asyncio.sleep(COALESCE_SECONDS)
                await changes.after(count)
        finally:
            # A page that gets no more snapshots must notice, so that it connects again.
            await socket.close()


def refuse_strangers(request: web.Request) -> None:
    """Refuse pages of other sites, also those that point their own name at this machine."""
    port = request.url.port
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    origin = request.headers.get("Origin")
    if request.headers.get("Host") not in hosts or (
        origin is not None and origin not in {f"http://{h}" for h in hosts}
    ):
        raise web.HTTPForbidden(text="only the playground's own page may do this")


def _bad_request(sentence: str) -> web.Response:
    return web.json_response({"ok": False, "error": "bad_request", "message": sentence}, status=400)


def _as_json(answer: Answer) -> Json:
    if answer.errors:
        return {"ok": True, "errors": dict(answer.errors)}
    if answer.ok:
        return {"ok": True}
    return {"ok": False, "error": answer.error, "message": answer.message}


def _place(client: Client, asked: Mapping[str, Any]) -> Place:
    if asked.get("view_id"):
        return client.set_values(_view(client, asked), asked.get("values") or {})
    found = [m for m in client.messages if (m.channel, m.ts) == (asked["channel"], asked["ts"])]
    if not found:
        raise LookupError("this message is gone")
    return found[0]


def _view(client: Client, asked: Mapping[str, Any]) -> View:
    shown = [*client.views, *([client.home] if client.home else [])]
    view = next((view for view in shown if view.id == asked["view_id"]), None)
    if view is None:
        raise LookupError("this modal is no longer open")
    return view


async def _unknown(_client: Client, asked: Json) -> Json:
    raise ValueError(f"nobody can do {asked['do']!r}; there are: {', '.join(_ACTS)}")


async def _command(client: Client, asked: Json) -> Json:
    return _as_json(await client.command(asked["text"], asked["channel"]))


async def _message(client: Client, asked: Json) -> Json:
    return _as_json(await client.say(asked["text"], asked["channel"], asked.get("thread_ts")))


async def _home(client: Client, asked: Json) -> Json:
    return _as_json(await client.open_home("messages" if asked.get("tab") == "messages" else "home"))


async def _press(client: Client, asked: Json) -> Json:
    place = _place(client, asked)
    name = (asked["block_id"], asked["action_id"])
    return _as_json(await client.choose(place, name, asked.get("value")))


async def _options(client: Client, asked: Json) -> Json:
    place = _place(client, asked)
    answer = await client.ask_options(place, (asked["block_id"], asked["action_id"]), asked.get("query", ""))
    return {"ok": True, **(answer.payload or {})} if answer.ok else _as_json(answer)


async def _submit(client: Client, asked: Json) -> Json:
    view = client.set_values(_view(client, asked), asked.get("values") or {})
    return _as_json(await client.submit(view))


async def _close(client: Client, asked: Json) -> Json:
    return _as_json(await client.close(_view(client, asked), is_cleared=bool(asked.get("is_cleared"))))


async def _shortcut(client: Client, asked: Json) -> Json:
    place = _place(client, asked) if asked.get("ts") else None
    return _as_json(await client.shortcut(asked["callback_id"], place if isinstance(place, Message) else None))


_ACTS: Mapping[str, Callable[[Client, Json], Awaitable[Json]]] = {
    "command": _command,
    "message": _message,
    "home": _home,
    "press": _press,
    "options": _options,
    "submit": _submit,
    "close": _close,
    "shortcut": _shortcut,
}
