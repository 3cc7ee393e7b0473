"""The hook: who knows the secret is heard, and told what came of it; everybody else learns nothing."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import pytest

from bot.domain.errors import StoreError
from bot.domain.signal import Signal, SignalOutcome
from bot.web.hook import MOST_BYTES, PATH, Hook
from bot.web.server import WebServer

SECRET = "a-secret-of-some-length"
EXECUTION = "7F0C6E9C-3A54-4C59-8E0A-2B7F5C9B1D11"
Post = Callable[..., Awaitable[tuple[int, Mapping[str, Any], Mapping[str, str]]]]


class Ear:
    """Takes signals as a test says."""

    def __init__(self) -> None:
        self.heard: list[Signal] = []
        self.outcome: SignalOutcome | Exception = SignalOutcome.ACCEPTED

    async def take(self, signal: Signal) -> SignalOutcome:
        """Note a signal."""
        self.heard.append(signal)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def ear() -> Ear:
    """Return what hears the signals."""
    return Ear()


@pytest.fixture
def hook(ear: Ear) -> Hook:
    """Return the hook."""
    hook = Hook(SECRET)
    hook.take = ear.take
    return hook


@pytest.fixture
async def post(hook: Hook) -> AsyncIterator[Post]:
    """Return a way to call it."""
    server = WebServer(hook.routes())
    await server.start("127.0.0.1", 0)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

        async def send(
            body: object, authorization: str | None = f"Bearer {SECRET}"
        ) -> tuple[int, Mapping[str, Any], Mapping[str, str]]:
            headers = {"Authorization": authorization} if authorization is not None else {}
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            async with session.post(PATH, data=data, headers=headers) as answer:
                return answer.status, await answer.json(), dict(answer.headers)

        yield send
    await server.stop()


async def test_signal_is_heard(post: Post, ear: Ear) -> None:
    """With all that it says, cut to what is shown; what it says beyond is ignored."""
    body = {"execution_id": EXECUTION, "title": " Ready? ", "text": "x" * 3000, "upn": "ada@example.com", "more": [1]}

    status, answer, _ = await post(body)

    assert (status, answer) == (202, {"status": "accepted"})
    [heard] = ear.heard
    assert (heard.execution_id, heard.title, len(heard.text)) == (EXECUTION.lower(), "Ready?", 2000)


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer another", f"Basic {SECRET}", SECRET, f"Bearer {SECRET}x", "Bearer é"]
)
async def test_stranger_is_not_heard(post: Post, ear: Ear, authorization: str | None) -> None:
    """Whatever they send."""
    status, _, headers = await post({"execution_id": EXECUTION}, authorization)

    assert (status, headers["WWW-Authenticate"], ear.heard) == (401, "Bearer", [])


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, None),
        (b"\xff", 400, None),
        (b"[" * 10_000, 400, None),
        (b"[]", 400, "body"),
        ({}, 400, "execution_id"),
        ({"execution_id": 7}, 400, "execution_id"),
        ({"execution_id": "e-1"}, 400, "execution_id"),
        ({"correlation_id": "../etc"}, 400, "correlation_id"),
        ({"execution_id": EXECUTION, "workflow_id": "a b"}, 400, "workflow_id"),
        ({"execution_id": EXECUTION, "title": {"a": 1}}, 400, "title"),
        ({"execution_id": EXECUTION, "text": "x" * MOST_BYTES}, 413, None),
    ],
)
async def test_wrong_body_is_refused(post: Post, ear: Ear, body: object, status: int, field: str | None) -> None:
    """And says what is wrong."""
    code, answer, _ = await post(body)

    assert (code, ear.heard) == (status, [])
    assert answer["error"]
    assert field is None or field in answer["fields"]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (SignalOutcome.REPEATED, 200),
        (SignalOutcome.UNKNOWN, 404),
        (SignalOutcome.AMBIGUOUS, 409),
        (SignalOutcome.NOT_EXPECTED, 409),
        (SignalOutcome.NOT_READY, 503),
        (StoreError("locked"), 503),
    ],
)
async def test_outcome_has_a_status(post: Post, ear: Ear, outcome: SignalOutcome | Exception, status: int) -> None:
    """And, where nothing came of it, a sentence."""
    ear.outcome = outcome

    code, answer, _ = await post({"correlation_id": "r-1"})

    assert code == status
    assert code == 200 or answer["error"]


async def test_nobody_listens_before_the_bot_is_up(post: Post, hook: Hook) -> None:
    """The sender is told to come again."""
    hook.take = None

    status, _, headers = await post({"correlation_id": "r-1"})

    assert (status, headers["Retry-After"]) == (503, "5")
