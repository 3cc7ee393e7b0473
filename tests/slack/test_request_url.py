"""Slack over HTTP: what is not signed is not looked at, and what is signed is answered as over a socket."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from bot.slack import request_url
from bot.slack.dispatch import Dispatcher
from bot.slack.interaction import Interaction, Kind
from bot.slack.request_url import MAX_BODY, PATH, RequestUrl
from bot.web.server import WebServer

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
COMMAND = urlencode({"command": "/fix", "text": "vpn & more", "user_id": "U1", "team_id": "T1"})


class Endpoint:
    """A Request URL on a real port, and what reached the dispatcher."""

    def __init__(self) -> None:
        self.seen: list[Interaction] = []
        self.request_url = RequestUrl(SECRET, lambda: NOW)
        self.server = WebServer(self.request_url.routes())

    async def take(self, interaction: Interaction) -> dict[str, Any] | None:
        """Keep what came; a type-ahead is answered."""
        self.seen.append(interaction)
        return {"options": []} if interaction.kind is Kind.OPTIONS else None

    def app(self) -> AsyncApp:
        """Return Bolt's app around the dispatcher."""

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U0")

        app = AsyncApp(authorize=authorize, process_before_response=True, request_verification_enabled=False)
        app.use(Dispatcher(fallbacks=dict.fromkeys(Kind, self.take)))
        return app

    async def post(self, body: str | bytes | AsyncIterator[bytes], **headers: str) -> tuple[int, Any]:
        """Send a body with headers; return the status and the answer."""
        url = f"http://127.0.0.1:{self.server.port}{PATH}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = io.BytesIO(body.encode()) if isinstance(body, str) else body
        async with aiohttp.ClientSession() as session, session.post(url, data=data, headers=named) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else text


def signed(body: str | bytes, kind: str = FORM, *, secret: str = SECRET, stamp: int = STAMP) -> dict[str, str]:
    """Return the headers of a body that Slack has signed."""
    text = body if isinstance(body, str) else body.decode("latin-1")
    signature = SignatureVerifier(secret).generate_signature(timestamp=str(stamp), body=text)
    return {
        "Content_Type": kind,
        "X_Slack_Request_Timestamp": str(stamp),
        "X_Slack_Signature": str(signature),
    }


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    """A Request URL that takes requests."""
    endpoint = Endpoint()
    await endpoint.server.start("127.0.0.1", 0)
    await endpoint.request_url.listen(endpoint.app())
    yield endpoint
    await endpoint.server.stop()


async def test_signed_command_reaches_the_dispatcher(endpoint: Endpoint) -> None:
    """Its fields arrive as they were typed, and the ack is an empty 200."""
    assert await endpoint.post(COMMAND, **signed(COMMAND)) == (200, "")

    [seen] = endpoint.seen
    assert (seen.kind, seen.name, seen.text, seen.slack_id) == (Kind.COMMAND, "/fix", "vpn & more", "U1")


async def test_answer_of_a_type_ahead_is_the_body(endpoint: Endpoint) -> None:
    """What the dispatcher answers in the ack is the answer's JSON."""
    payload = {"type": "block_suggestion", "action_id": "a", "value": "v", "user": {"id": "U1"}, "team": {"id": "T1"}}
    body = urlencode({"payload": json.dumps(payload)})

    assert await endpoint.post(body, **signed(body)) == (200, {"options": []})


async def test_challenge_is_answered(endpoint: Endpoint) -> None:
    """Slack checks a new address with a challenge, and nothing is dispatched for it."""
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"})

    assert await endpoint.post(body, **signed(body, JSON)) == (200, {"challenge": "3eZbrw1a"})
    assert endpoint.seen == []


async def test_look_at_the_certificate_is_answered_and_does_nothing(endpoint: Endpoint) -> None:
    """Such a request carries no signature; a command beside it is not done."""
    assert await endpoint.post("ssl_check=1&token=x", Content_Type=FORM) == (200, "")
    assert await endpoint.post(f"ssl_check=1&{COMMAND}", Content_Type=FORM) == (200, "")
    assert endpoint.seen == []


OLD, EARLY = signed(COMMAND, stamp=STAMP - 301), signed(COMMAND, stamp=STAMP + 301)
GOOD = signed(COMMAND)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": FORM},
        signed(COMMAND, secret="another"),
        OLD,
        EARLY,
        GOOD | {"X_Slack_Request_Timestamp": "yesterday"},
        GOOD | {"X_Slack_Request_Timestamp": f"{STAMP}.0"},
        GOOD | {"X_Slack_Request_Timestamp": "٣"},
        GOOD | {"X_Slack_Request_Timestamp": "9" * 400},
        GOOD | {"X_Slack_Request_Timestamp": f"-{STAMP}"},
        GOOD | {"X_Slack_Request_Timestamp": str(STAMP + 1)},
        GOOD | {"X_Slack_Signature": ""},
        GOOD | {"X_Slack_Signature": "v0=é"},
        GOOD | {"X_Slack_Signature": GOOD["X_Slack_Signature"].upper()},
        GOOD | {"X_Slack_Signature": GOOD["X_Slack_Signature"].replace("v0", "v1")},
    ],
)
async def test_what_slack_has_not_signed_is_refused(endpoint: Endpoint, headers: dict[str, str]) -> None:
    """Without a signature, with another's, too old, from the future, or of a strange form: 401, and nothing is done."""
    assert await endpoint.post(COMMAND, **headers) == (401, {"error": "invalid request"})
    assert endpoint.seen == []


@pytest.mark.parametrize("field", ["text", "channel_name", "team_domain", "user_name"])
async def test_command_that_speaks_of_payload_arrives(endpoint: Endpoint, field: str) -> None:
    """The word by which Slack names its JSON may stand in anything that people write."""
    body = urlencode({"command": "/fix", "text": "vpn", "user_id": "U1", "team_id": "T1", field: "my payload is slow"})

    assert (await endpoint.post(body, **signed(body)))[0] == 200
    assert endpoint.seen[0].name == "/fix"


@pytest.mark.parametrize("age", [-300, 300])
async def test_request_of_five_minutes_is_still_taken(endpoint: Endpoint, age: int) -> None:
    """Slack's limit itself is within."""
    assert (await endpoint.post(COMMAND, **signed(COMMAND, stamp=STAMP - age)))[0] == 200


async def test_changed_body_is_refused(endpoint: Endpoint) -> None:
    """The signature covers every byte."""
    assert (await endpoint.post(COMMAND.replace("vpn", "wipe"), **signed(COMMAND)))[0] == 401


async def test_body_that_is_no_text_is_refused(endpoint: Endpoint) -> None:
    """Slack sends UTF-8."""
    assert (await endpoint.post(b"command=\xff\xfe", **signed(b"command=\xff\xfe")))[0] == 401


NONSENSE = ["{", "{}", "[]", "payload={", "payload=[]", "payload=3", "payload=null", "payload={}", "", "[" * 9_999]
ODD = ['{"type": []}', '{"type": "block_actions", "actions": [1]}', '{"type": "view_submission", "view": 5}']


@pytest.mark.parametrize("body", [*NONSENSE, "&".join(f"f{number}=1" for number in range(101))])
@pytest.mark.parametrize("kind", [FORM, JSON])
async def test_signed_nonsense_is_refused(endpoint: Endpoint, body: str, kind: str) -> None:
    """What cannot be read is never acked in silence."""
    assert await endpoint.post(body, **signed(body, kind)) == (400, {"error": "the body cannot be read"})
    assert endpoint.seen == []


@pytest.mark.parametrize("body", ODD)
@pytest.mark.parametrize("kind", [JSON])
async def test_signed_oddity_harms_nothing(endpoint: Endpoint, body: str, kind: str) -> None:
    """It is answered, never with a fault of the server, and the next command works."""
    assert (await endpoint.post(body, **signed(body, kind)))[0] == 200
    assert (await endpoint.post(COMMAND, **GOOD))[0] == 200


async def test_large_body_is_refused_before_it_is_read(endpoint: Endpoint) -> None:
    """With a signature up to two megabytes; without one nothing to speak of."""
    large = "x" * (MAX_BODY + 1)

    assert (await endpoint.post(large, **GOOD))[0] == 413
    assert (await endpoint.post(large, Content_Type=FORM))[0] == 401


async def test_large_body_of_unknown_length_is_refused(endpoint: Endpoint) -> None:
    """A body that comes in pieces is read no further than the limit."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 65_536 + 1):
            yield b"x" * 65_536

    assert (await endpoint.post(pieces(), **GOOD))[0] == 413


async def test_largest_view_is_taken(endpoint: Endpoint) -> None:
    """A view of 250 KB full of characters that grow in a form arrives whole."""
    view = {"private_metadata": "é" * 125_000, "callback_id": "form"}
    payload = {"type": "view_submission", "view": view, "user": {"id": "U1"}, "team": {"id": "T1"}}
    body = urlencode({"payload": json.dumps(payload)})

    assert (await endpoint.post(body, **signed(body)))[0] == 200
    assert endpoint.seen[0].view == view


async def test_slow_body_is_given_up(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends a body drop by drop does not hold a connection open."""
    monkeypatch.setattr(request_url, "BODY_PATIENCE", 0.05)
    never = asyncio.Event()

    async def drops() -> AsyncIterator[bytes]:
        yield b"command"
        await never.wait()

    async with asyncio.timeout(5):
        status, _ = await endpoint.post(drops(), **GOOD)

    assert status in {401, 413}


async def test_before_and_after_it_listens_nothing_is_taken(endpoint: Endpoint) -> None:
    """A bot that starts or stops says so, so that Slack sends an event again."""
    await endpoint.request_url.hang_up()

    assert await endpoint.post(COMMAND, **GOOD) == (503, {"error": "not ready"})
    assert (await endpoint.request_url.check())[0] == "requests are not taken yet"


async def test_refusals_are_logged_once_a_minute_without_a_body(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator is told where to look; nobody fills the log, and nothing of a request stands in it."""
    for _ in range(3):
        await endpoint.post("text=sesame", **signed("text=sesame", secret="another"))

    [record] = [each for each in caplog.records if each.name == "bot.slack.request_url"]
    assert "SLACK_SIGNING_SECRET" in record.message
    assert "sesame" not in caplog.text


async def test_compressed_body_is_not_unpacked(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    """Slack compresses nothing; whoever does is refused without a trace in the log."""
    status, _ = await endpoint.post("not gzip", Content_Encoding="gzip", Content_Type=FORM)

    assert status == 401
    assert [record for record in caplog.records if record.exc_info] == []


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nsesame\r\n",
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nbad header sesame\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nsesame",
        b"sesame / HTTP/1.1\r\n\r\n",
    ],
)
async def test_stranger_writes_nothing_into_the_log(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture, request_bytes: bytes
) -> None:
    """What is no HTTP, or breaks off, is not quoted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.server.port)
    writer.write(request_bytes)
    writer.write_eof()
    await reader.read()
    writer.close()
    await endpoint.post(COMMAND, **GOOD)

    assert "sesame" not in caplog.text
    assert [record for record in caplog.records if record.exc_info] == []


async def test_server_stops_while_somebody_does_not_read(endpoint: Endpoint) -> None:
    """A client that asks and asks, and reads no answer, does not keep the process."""
    _, writer = await asyncio.open_connection("127.0.0.1", endpoint.server.port)
    for _ in range(40):
        writer.write(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" * 1_000)
    await asyncio.wait({asyncio.ensure_future(writer.drain())}, timeout=0.2)

    async with asyncio.timeout(8):
        await endpoint.server.stop()
    writer.transport.abort()


async def test_other_methods_are_refused(endpoint: Endpoint) -> None:
    """Slack posts, and nothing else."""
    url = f"http://127.0.0.1:{endpoint.server.port}{PATH}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 405


def test_slacks_own_example_is_verified() -> None:
    """The vector of https://docs.slack.dev/authentication/verifying-requests-from-slack fits, at its own time."""
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    stamp = datetime.fromtimestamp(1531420618, UTC)
    receiver = RequestUrl(SECRET, lambda: stamp + timedelta(minutes=1))
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }

    assert receiver._verified(headers, body.encode()) == body
    assert receiver._verified(headers, body.encode() + b"&x") is None
