"""How what people do reaches an app over both transports: acks, retries of events, and every mishap."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.delivery.envelope import Kind
from bot.playground.slack.delivery.mishaps import Mishap
from bot.playground.slack.delivery.request_url import FORM, JSON, MAX_ANSWER, NO_RETRY
from bot.playground.slack.delivery.sockets import HOLD_TIME, WARNING_TIME
from bot.playground.slack.installation import Settings
from bot.playground.slack.server import LocalSlack
from tests.playground.slack.apps import App, HTTPApp, SocketApp, answered, cut, hanging, in_pieces
from tests.playground.slack.conftest import MovableClock

TRANSPORTS = ("socket", "http")
COMMAND = {"command": "/fix", "text": "vpn & teams"}
TIMEOUT = {"socket": "timeout", "http": "http_timeout"}
PAUSES = {"socket": (4, 60, 300), "http": (0, 60, 300)}


@pytest.fixture
def settings() -> Settings:
    """An impatient Slack."""
    return Settings(messages_per_second=0, ack_timeout=timedelta(milliseconds=100))


@pytest.fixture
async def http_app() -> AsyncIterator[HTTPApp]:
    """An app behind a Request URL, which Slack does not know yet."""
    async with HTTPApp() as app:
        yield app


@pytest.fixture(params=TRANSPORTS)
async def app(request: pytest.FixtureRequest, slack: LocalSlack) -> AsyncIterator[App]:
    """An app that Slack reaches, over either transport."""
    async with AsyncExitStack() as stack:
        if request.param == "http":
            over_http = await stack.enter_async_context(HTTPApp())
            assert (await slack.deliveries.use_http(over_http.url)).ok
            over_http.heard.clear()
            yield over_http
        else:
            yield await stack.enter_async_context(SocketApp(slack))


async def slept(clock: MovableClock, **by: float) -> None:
    """Let time pass as soon as somebody sleeps by the clock."""
    async with asyncio.timeout(5):
        while not clock._sleeping:  # noqa: ASYNC110 - falling asleep is told to nobody
            await asyncio.sleep(0)
    clock.move(**by)


async def all_is_quiet(slack: LocalSlack) -> None:
    """Wait until nothing is under way beside what people do."""
    async with asyncio.timeout(5):
        while tasks := set(slack.deliveries._tasks):
            await asyncio.wait(tasks)


# Both transports


async def test_what_people_do_arrives(slack: LocalSlack, app: App) -> None:
    """Commands and events arrive whole, once, and the ack's payload comes back."""
    app.answers = {"text": "here"}

    command = await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)
    await slack.client_of("U0ADA").open_home()

    assert (command.ok, command.payload) == (True, {"text": "here"})
    assert app.heard[0].payload == COMMAND
    assert [each.payload.get("event", {}).get("type") for each in app.heard] == [None, "app_home_opened"]
    assert (slack.deliveries.transport, slack.deliveries.connections) == (app.transport, 1)


async def test_an_event_without_an_ack_is_sent_again(slack: LocalSlack, app: App, clock: MovableClock) -> None:
    """Three times, at Slack's intervals, with number and reason; then Slack gives up."""
    app.acks = False
    await slack.client_of("U0ADA").open_home()
    for number, pause in enumerate(PAUSES[app.transport], 2):
        if pause:
            await slept(clock, seconds=pause - 1)
            assert len(app.heard) == number - 1
            clock.move(seconds=1)
        await app.has_heard(number)
    await all_is_quiet(slack)

    reason = TIMEOUT[app.transport]
    assert [(each.attempt, each.reason) for each in app.heard] == [(0, ""), (1, reason), (2, reason), (3, reason)]
    assert len({each.payload["event_id"] for each in app.heard}) == 1


async def test_retries_end_with_an_ack(slack: LocalSlack, app: App, clock: MovableClock) -> None:
    """The first ack is the last delivery."""
    app.acks = False
    await slack.client_of("U0ADA").open_home()
    app.acks = True
    if app.transport == "socket":
        await slept(clock, seconds=4)
    await app.has_heard(2)
    await all_is_quiet(slack)

    assert [each.attempt for each in app.heard] == [0, 1]


async def test_only_events_are_sent_again(slack: LocalSlack, app: App) -> None:
    """A command that nobody acked is the person's to repeat."""
    app.acks = False

    delivery = await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)
    await all_is_quiet(slack)

    assert (delivery.ok, delivery.error, len(app.heard)) == (False, "operation_timeout", 1)


async def test_a_delivery_comes_twice(slack: LocalSlack, app: App) -> None:
    """The app hears the same thing two times, and only the next delivery is hit."""
    slack.deliveries.mishaps.plan(Mishap.TWICE)

    for _ in range(2):
        assert (await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)).ok
    await all_is_quiet(slack)

    assert len(app.heard) == 3


async def test_a_late_delivery_has_no_trigger_left(
    slack: LocalSlack, app: App, clock: MovableClock, web: AsyncWebClient
) -> None:
    """What comes five seconds late is acked as always, but its trigger_id opens nothing."""
    slack.deliveries.mishaps.plan(Mishap.LATE)
    doing = asyncio.create_task(slack.client_of("U0ADA").command("/fix vpn", "general"))
    await slept(clock, seconds=5)

    assert (await doing).ok
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Run"}, "blocks": [{"type": "divider"}]}
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await web.views_open(trigger_id=app.heard[0].payload["trigger_id"], view=view)


async def test_a_lost_ack_looks_like_none(slack: LocalSlack, app: App, clock: MovableClock) -> None:
    """The app has answered, Slack has not heard it: the person sees a time-out, and an event comes again."""
    slack.deliveries.mishaps.plan(Mishap.LOSE_ACK, times=2)

    command = await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)
    await slack.client_of("U0ADA").open_home()
    if app.transport == "socket":
        await slept(clock, seconds=4)
    await app.has_heard(3)
    await all_is_quiet(slack)

    assert (command.error, slack.deliveries.mishaps.left(Mishap.LOSE_ACK)) == ("operation_timeout", 0)
    assert [(each.attempt, each.reason) for each in app.heard[1:]] == [(0, ""), (1, TIMEOUT[app.transport])]


async def test_a_mishap_can_be_taken_back(slack: LocalSlack, app: App) -> None:
    """Zero times takes one back, a reset all of them."""
    mishaps = slack.deliveries.mishaps
    mishaps.plan(Mishap.TWICE, times=5)
    mishaps.plan(Mishap.TWICE, times=0)
    mishaps.plan(Mishap.LOSE_ACK, times=5)
    slack.deliveries.clear()

    assert (await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)).ok
    await all_is_quiet(slack)
    assert len(app.heard) == 1


async def test_the_last_event_can_be_sent_again(slack: LocalSlack, app: App) -> None:
    """It comes as a retry after a time-out, though it was acked."""
    with pytest.raises(LookupError, match="no event was sent yet"):
        await slack.deliveries.deliver_again()
    await slack.client_of("U0ADA").open_home()

    assert (await slack.deliveries.deliver_again()).ok
    first, again = app.heard
    assert (again.payload, again.attempt, again.reason) == (first.payload, 1, TIMEOUT[app.transport])


async def test_a_stop_ends_what_is_under_way(slack: LocalSlack, app: App) -> None:
    """Nobody waits for an ack from a Slack that has gone, and nothing is sent again."""
    app.acks = False
    doing = asyncio.create_task(slack.client_of("U0ADA").open_home())
    await app.has_heard(1)

    await slack.deliveries.stop()

    assert (await doing).error == "dispatch_failed"
    assert not slack.deliveries._tasks


# HTTP


@pytest.mark.parametrize(
    ("answer", "payload"),
    [
        (answered(), {}),
        (answered('{"response_action": "clear"}', JSON), {"response_action": "clear"}),
        (in_pieces('{"text":', ' "here"}'), {"text": "here"}),
        (answered("one moment", "text/plain"), {"text": "one moment"}),
        (answered(status=204), {}),
    ],
    ids=["empty", "json", "pieces", "text", "no content"],
)
async def test_an_http_answer_is_the_ack(slack: LocalSlack, http_app: HTTPApp, answer: Any, payload: Any) -> None:
    """A status below 300 acks; the body is what the ack carries."""
    await slack.deliveries.use_http(http_app.url)
    http_app.script.append(answer)

    delivery = await slack.deliveries.deliver(Kind.INTERACTIVE, "submit", {"type": "view_submission"})

    assert (delivery.ok, delivery.payload) == (True, payload)


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (answered(status=404), "dispatch_unknown_error", "http_error"),
        (answered(status=302), "dispatch_unknown_error", "http_error"),
        (answered(status=500), "http_service_unavailable", "http_error"),
        (answered(status=503), "http_service_unavailable", "http_error"),
        (answered("{", JSON), "dispatch_unknown_error", "http_error"),
        (answered("[]", JSON), "dispatch_unknown_error", "http_error"),
        (answered("x" * (MAX_ANSWER + 1)), "dispatch_unknown_error", "http_error"),
        (cut, "dispatch_failed", "connection_failed"),
        (hanging, "operation_timeout", "http_timeout"),
    ],
    ids=["404", "redirect", "500", "503", "not json", "a list", "too long", "cut", "hang"],
)
async def test_other_http_answers_are_none(
    slack: LocalSlack, http_app: HTTPApp, answer: Any, error: str, reason: str
) -> None:
    """The person sees what Slack says of it; a retry of an event gives the reason."""
    await slack.deliveries.use_http(http_app.url)
    http_app.heard.clear()
    http_app.script.extend([answer, answer])

    command = await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)
    await slack.client_of("U0ADA").open_home()
    await http_app.has_heard(3)
    await all_is_quiet(slack)

    assert (command.ok, command.error) == (False, error)
    assert [(each.attempt, each.reason) for each in http_app.heard[1:]] == [(0, ""), (1, reason)]


async def test_an_app_can_refuse_retries(slack: LocalSlack, http_app: HTTPApp) -> None:
    """`x-slack-no-retry: 1` on a failure ends it."""
    await slack.deliveries.use_http(http_app.url)
    http_app.heard.clear()
    http_app.script.append(answered(status=500, headers={NO_RETRY: "1"}))

    await slack.client_of("U0ADA").open_home()
    await all_is_quiet(slack)

    assert len(http_app.heard) == 1


@pytest.mark.parametrize("kind", Kind)
async def test_requests_are_signed(
    slack: LocalSlack, settings: Settings, http_app: HTTPApp, clock: MovableClock, kind: Kind
) -> None:
    """Slack's own verifier accepts the exact bytes at the playground's time; bodies are what each kind has."""
    await slack.deliveries.use_http(http_app.url)
    await slack.deliveries.deliver(kind, "x", COMMAND)
    heard = http_app.heard[-1]

    class Now(SignatureClock):
        def now(self) -> float:
            return clock().timestamp()

    assert SignatureVerifier(settings.signing_secret, Now()).is_valid_request(heard.body, heard.headers)
    assert not SignatureVerifier("another secret", Now()).is_valid_request(heard.body, heard.headers)
    assert heard.headers["Content-Type"] == (JSON if kind is Kind.EVENT else FORM)
    assert heard.payload == COMMAND


@pytest.mark.parametrize(
    "answer",
    [answered("something else"), answered(status=404), answered("{", JSON), cut, hanging],
    ids=["another word", "404", "not json", "cut", "hang"],
)
async def test_an_address_must_answer_the_challenge(slack: LocalSlack, http_app: HTTPApp, answer: Any) -> None:
    """Otherwise the transport stays as it was."""
    http_app.script.append(answer)

    verified = await slack.deliveries.use_http(http_app.url)

    assert (verified.ok, slack.deliveries.transport, slack.deliveries.request_url.url) == (False, "socket", "")
    assert http_app.heard[0].payload["type"] == "url_verification"


@pytest.mark.parametrize("content_type", [JSON, "text/plain"])
async def test_a_challenge_is_answered_as_json_or_text(slack: LocalSlack, http_app: HTTPApp, content_type: str) -> None:
    """Both forms are accepted."""
    http_app.challenge_type = content_type

    assert (await slack.deliveries.use_http(http_app.url)).ok
    assert (slack.deliveries.transport, slack.deliveries.request_url.url) == ("http", http_app.url)


async def test_nobody_listens(slack: LocalSlack, http_app: HTTPApp) -> None:
    """An app that has gone is as one that was never there."""
    await slack.deliveries.use_http(http_app.url)
    await http_app.stop()

    delivery = await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)

    assert (delivery.ok, delivery.error) == (False, "dispatch_failed")


async def test_the_certificate_is_looked_at_without_a_signature(slack: LocalSlack, http_app: HTTPApp) -> None:
    """`ssl_check` comes as a form."""
    await slack.deliveries.request_url.check_ssl(http_app.url)

    [heard] = http_app.heard
    assert heard.payload == {"ssl_check": "1", "token": "verification"}
    assert "X-Slack-Signature" not in heard.headers


async def test_http_switches_socket_mode_off_and_back(slack: LocalSlack, http_app: HTTPApp) -> None:
    """There is one transport at a time: connections end as link_disabled, and are let in again later."""
    async with SocketApp(slack) as over_socket:
        await slack.deliveries.use_http(http_app.url)
        await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)
        assert [frame["reason"] for frame in over_socket.farewells] == ["link_disabled"]
        assert over_socket.heard == []
    slack.deliveries.use_sockets()
    async with SocketApp(slack) as over_socket:
        assert (await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)).ok

    assert len(over_socket.heard) == 1


# Socket Mode


async def test_a_hello_says_how_many_there_are(slack: LocalSlack) -> None:
    """Each connection begins with it."""
    async with SocketApp(slack) as first, SocketApp(slack) as second:
        hellos = [first.hello, second.hello]

    assert [hello["num_connections"] for hello in hellos] == [1, 2]
    assert all(hello["type"] == "hello" and hello["connection_info"]["app_id"] for hello in hellos)


@pytest.mark.parametrize("payload", ["later", ["later"], 3, True])
async def test_an_ack_carries_an_object_or_nothing(slack: LocalSlack, payload: Any) -> None:
    """Anything else is an answer that Slack cannot read."""
    async with SocketApp(slack) as app:
        app.answers = payload

        answer = await slack.client_of("U0ADA").command("/fix vpn", "general")

    assert (answer.ok, answer.error) == (False, "dispatch_unknown_error")


async def test_a_refresh_warns_first(slack: LocalSlack, clock: MovableClock) -> None:
    """A warning, ten seconds, then the end; the other connection stays."""
    async with SocketApp(slack) as first, SocketApp(slack) as second:
        slack.deliveries.spawn(slack.deliveries.sockets.refresh())
        await first.has_been_told(1)
        assert slack.deliveries.connections == 2
        await slept(clock, seconds=WARNING_TIME.total_seconds())
        await first.has_ended()

        assert [frame["reason"] for frame in first.farewells] == ["warning", "refresh_requested"]
        assert (slack.deliveries.connections, second.farewells) == (1, [])


async def test_a_warning_alone_ends_nothing(slack: LocalSlack) -> None:
    """The connection works on."""
    async with SocketApp(slack) as app:
        await slack.deliveries.sockets.warn()
        assert (await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)).ok

    assert [frame["reason"] for frame in app.farewells] == ["warning"]


async def test_a_cut_comes_without_a_word(slack: LocalSlack) -> None:
    """Only the oldest connection is hit."""
    async with SocketApp(slack) as first, SocketApp(slack) as second:
        slack.deliveries.sockets.cut()
        await first.has_ended()

        assert (await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)).ok
        assert (first.farewells, len(second.heard)) == ([], 1)


async def test_switched_off_socket_mode_lets_nobody_in(slack: LocalSlack, clock: MovableClock) -> None:
    """Who comes is held for a while and sent away; who is held when it is on again is let in."""
    async with SocketApp(slack) as app:
        await slack.deliveries.sockets.switch_off()
        await app.has_ended()
        assert [frame["reason"] for frame in app.farewells] == ["link_disabled"]
    async with SocketApp(slack, waits=False) as app:
        await slept(clock, seconds=HOLD_TIME.total_seconds())
        await app.has_ended()
        assert ([frame["reason"] for frame in app.farewells], app.hello) == (["link_disabled"], {})
    async with SocketApp(slack, waits=False) as app:
        await slept(clock)
        slack.deliveries.clear()
        await slack.connected()
        assert (await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)).ok


async def test_silence_is_a_timeout_until_it_ends(slack: LocalSlack) -> None:
    """A silent connection swallows what is sent over it; a reset lets it speak."""
    async with SocketApp(slack) as app:
        slack.deliveries.sockets.silence()
        swallowed = await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)
        slack.deliveries.clear()

        assert (swallowed.error, app.heard) == ("operation_timeout", [])
        assert (await slack.deliveries.deliver(Kind.COMMAND, "/fix", COMMAND)).ok


async def test_slacks_client_notices_silence(slack: LocalSlack, web: AsyncWebClient) -> None:
    """Without an answer to its pings it opens another connection, over which commands arrive."""
    app = AsyncApp(client=web, raise_error_for_unhandled_request=False)
    app.command("/fix")(_ack)
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.05)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(handler.close_async)
        await handler.connect_async()
        await slack.connected()
        slack.deliveries.sockets.silence()
        await slack.workspace.changes.until(
            lambda: len(slack.calls_of("apps.connections.open")) > 1 or None, 5, lambda: "the client has not noticed"
        )
        await slack.workspace.changes.until(
            lambda: slack.deliveries.connections == 1 or None, 5, lambda: "the silent connection is still there"
        )

        assert (await slack.client_of("U0ADA").command("/fix", "general")).ok


async def _ack(ack: Callable[[], Any]) -> None:
    await ack()
