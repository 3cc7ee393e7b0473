"""What the controls of both simulations share: routes that answer with the state, and readers of what is asked."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiohttp import web

MOST_TIMES = 1_000
MOST_SECONDS = 600.0

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Act = Callable[[Json], Awaitable[None]]
Acts = Mapping[str, tuple[Act, tuple[str, ...]]]
"""Name of an act → what does it, and the members that it may be given."""


class BadRequestError(Exception):
    """Something asked is wrong; the sentence names it and what is allowed."""


class ControlRoutes:
    """Serves `GET state` and a POST for each act, answered with the new state; it keeps nobody out."""

    def __init__(self, tell: Callable[[], Json], acts: Acts) -> None:
        self._tell = tell
        self._acts = acts
        # Some acts take a moment; two of them at once would leave things half changed.
        self._turn = asyncio.Lock()

    def below(self, prefix: str) -> list[web.RouteDef]:
        """List the routes below a path such as `/nexthink`."""
        posts = [web.post(f"{prefix}/{name}", self._served(*act)) for name, act in self._acts.items()]
        return [web.get(f"{prefix}/state", self._answer), *posts]

    def _served(self, act: Act, members: tuple[str, ...]) -> Handler:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                asked = await read_members(request, members)
                async with self._turn:
                    await act(asked)
            except BadRequestError as wrong:
                return web.json_response({"ok": False, "error": "bad_request", "message": str(wrong)}, status=400)
            except OSError as wrong:
                return web.json_response({"ok": False, "error": "unavailable", "message": str(wrong)}, status=503)
            return await self._answer(request)

        return serve

    async def _answer(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, **self._tell()}, headers={"Cache-Control": "no-store"})


async def read_members(request: web.Request, allowed: Iterable[str]) -> Json:
    """Read a JSON object that has no other members than these; an empty body is an empty object."""
    if request.content_type != "application/json":
        raise BadRequestError("send JSON, with the content type application/json")
    try:
        members = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError):
        raise BadRequestError("the body is not JSON") from None
    if not isinstance(members, dict):
        raise BadRequestError("the body must be a JSON object")
    known = list(allowed)
    unknown = sorted(set(members) - set(known))
    if unknown:
        raise BadRequestError(f"unknown: {', '.join(unknown)}; allowed: {', '.join(known) or 'nothing'}")
    return members


def read_name(members: Json, member: str, allowed: Iterable[str]) -> str:
    """Read a name that must be one of a few."""
    names = list(allowed)
    name = members.get(member)
    if not isinstance(name, str) or name not in names:
        raise BadRequestError(f"{member} is {shown(name)}; it must be one of: {', '.join(names) or 'none at all'}")
    return name


def read_flag(members: Json, member: str) -> bool:
    """Read true or false."""
    flag = members.get(member)
    if not isinstance(flag, bool):
        raise BadRequestError(f"{member} is {shown(flag)}; it must be true or false")
    return flag


def read_times(members: Json) -> int | None:
    """Read how often a fault happens; None is until it is taken away."""
    times = members.get("times", 1)
    if times is None:
        return None
    if not is_number(times, int) or not 0 < times <= MOST_TIMES:
        raise BadRequestError(
            f"times is {shown(times)}; it must be a whole number from 1 to {MOST_TIMES}, or null for always"
        )
    return int(times)


def read_seconds(members: Json, usual: float, most: float = MOST_SECONDS) -> float:
    """Read a number of seconds."""
    seconds = members.get("seconds", usual)
    if not is_number(seconds, int | float) or not 0 < seconds <= most:
        raise BadRequestError(f"seconds is {shown(seconds)}; it must be a number above 0, at most {most:.12g}")
    return float(seconds)


def is_number(value: object, kind: Any) -> bool:
    """Tell whether a value is a number; `true` is none."""
    return isinstance(value, kind) and not isinstance(value, bool)


def shown(value: object) -> str:
    """Return a value as a sentence shows it."""
    return "missing" if value is None else json.dumps(value)
