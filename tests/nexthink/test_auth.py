"""The token: who fetches it, how long it is kept, what is said when it cannot be had."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.nexthink import auth
from bot.nexthink.auth import TokenSource
from bot.nexthink.client import NexthinkClient
from tests.nexthink.loopback import SECRET, TOKEN_PATH, Clock, FakeTenant, RawServer, Reply

BASIC = "Zml4ZGVzazpzM2NyZXQtb2YtdGhlLWNsaWVudA=="


@pytest.fixture
def tokens(client: NexthinkClient) -> TokenSource:
    """The client's tokens."""
    return client._exchange.tokens


async def test_token_is_asked_for_as_documented(tokens: TokenSource, fake: FakeTenant) -> None:
    """Credentials go into HTTP Basic, the grant and the scope into a form, and no `Source` goes along."""
    assert await tokens.get() == "token-1"

    asked = fake.calls(TOKEN_PATH)[0]
    assert asked.method == "POST"
    assert asked.headers["Authorization"] == f"Basic {BASIC}"
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.body == b"grant_type=client_credentials&scope=service%3Aintegration"


async def settled(tokens: TokenSource) -> None:
    """Wait for the fetch that is under way, whatever comes of it."""
    if tokens._fetching is not None:
        await asyncio.wait([tokens._fetching])


async def test_all_who_wait_share_one_fetch(tokens: TokenSource, fake: FakeTenant) -> None:
    """Twenty who need a token at once make one request."""
    got = await asyncio.gather(*(tokens.get() for _ in range(20)))

    assert set(got) == {"token-1"}
    assert len(fake.calls(TOKEN_PATH)) == 1


async def test_who_gives_up_does_not_end_the_fetch(tokens: TokenSource, fake: FakeTenant) -> None:
    """The one that began the fetch may be cancelled; the others get their token from it."""
    fake.is_open.clear()
    first, second = (asyncio.create_task(tokens.get()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    fake.is_open.set()

    assert await second == "token-1"
    assert first.cancelled()
    assert len(fake.calls(TOKEN_PATH)) == 1


@pytest.mark.parametrize(("expires_in", "age", "fetches"), [(900, 809, 1), (900, 810, 2), (60, 29, 1), (60, 30, 2)])
async def test_token_is_renewed_early(
    tokens: TokenSource, fake: FakeTenant, *, expires_in: int, age: int, fetches: int
) -> None:
    """It is kept until 90 s before its end, a short-lived one for half its life; nobody waits for the renewal."""
    fake.reply(
        TOKEN_PATH,
        Reply({"access_token": "old", "token_type": "Bearer", "expires_in": expires_in}),
        Reply({"access_token": "new", "token_type": "Bearer", "expires_in": expires_in}),
    )
    await tokens.get()
    fake.clock.advance(age)

    assert await tokens.get() == "old"
    await fake.wait_for(TOKEN_PATH, fetches)
    await settled(tokens)
    assert await tokens.get() == ("new" if fetches > 1 else "old")
    assert len(fake.calls(TOKEN_PATH)) == fetches


async def test_old_token_does_while_it_lasts(tokens: TokenSource, fake: FakeTenant) -> None:
    """Where the renewal hangs or fails, the old token is used until its end, and not a second longer."""
    old = await tokens.get()
    fake.reply(TOKEN_PATH, Reply(status=503))
    fake.is_open.clear()
    fake.clock.advance(850)
    assert await tokens.get() == old

    fake.is_open.set()
    await settled(tokens)
    assert await tokens.get() == old
    await settled(tokens)
    fake.clock.advance(50)
    with pytest.raises(NexthinkError):
        await tokens.get()


async def test_dripping_login_host_has_a_deadline(
    make_client: Callable[..., NexthinkClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that comes bit by bit is not waited for without end."""
    monkeypatch.setattr(auth, "DEADLINE", 0.1)
    drip = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    async with RawServer(drip, drip, drip) as login:
        with pytest.raises(NexthinkError) as caught:
            await make_client(login_url=login.url).sign_in()

    assert caught.value.fault is NexthinkFault.UNREACHABLE


async def test_login_host_is_not_asked_nine_times(client: NexthinkClient, fake: FakeTenant) -> None:
    """A read does not repeat what the token's own tries did not bring."""
    fake.reply(TOKEN_PATH, Reply(status=503))
    with pytest.raises(NexthinkError):
        await client.devices_of("ada@example.com")

    assert len(fake.calls(TOKEN_PATH)) == 3


async def test_only_the_same_token_is_thrown_away(tokens: TokenSource) -> None:
    """A late complaint about an older token leaves the new one alone."""
    old = await tokens.get()
    tokens.discard(old)
    new = await tokens.get()
    tokens.discard(old)

    assert await tokens.get() == new == "token-2"


@pytest.mark.parametrize(
    ("reply", "fault", "tries"),
    [
        (Reply({"error": "invalid_client", "error_description": f"not {SECRET}"}, 401), NexthinkFault.UNAUTHORIZED, 1),
        (Reply({"error": "invalid_scope"}, 400), NexthinkFault.UNAUTHORIZED, 1),
        (Reply(b"<html>", 403), NexthinkFault.UNAUTHORIZED, 1),
        (Reply(status=429), NexthinkFault.BUSY, 3),
        (Reply(status=500), NexthinkFault.UNREACHABLE, 3),
        (Reply(b"no json"), NexthinkFault.UNREACHABLE, 3),
        (Reply({"expires_in": 900}), NexthinkFault.UNREACHABLE, 3),
        (Reply({"access_token": "with\nbreak"}), NexthinkFault.UNREACHABLE, 3),
    ],
)
async def test_failure_is_surely_not_done(
    tokens: TokenSource, fake: FakeTenant, *, reply: Reply, fault: NexthinkFault, tries: int
) -> None:
    """Whatever keeps a token away, what it was for was not sent; a refused credential is not tried again."""
    fake.reply(TOKEN_PATH, reply)

    with pytest.raises(NexthinkError) as caught:
        await tokens.get()
    assert (caught.value.fault, caught.value.surely_not_done) == (fault, True)
    assert len(fake.calls(TOKEN_PATH)) == tries


async def test_cut_connection_is_unreachable(make_client: Callable[..., NexthinkClient]) -> None:
    """A login host that cuts the connection is asked three times, then counts as unreachable."""
    async with RawServer(None, None, None) as login:
        with pytest.raises(NexthinkError) as caught:
            await make_client(login_url=login.url).sign_in()

    assert caught.value.fault is NexthinkFault.UNREACHABLE
    assert len(login.requests) == 3


async def test_closing_ends_a_fetch(tokens: TokenSource, fake: FakeTenant) -> None:
    """Who waits when all is closed is cancelled."""
    fake.is_open.clear()
    waiting = asyncio.create_task(tokens.get())
    await asyncio.sleep(0)
    await tokens.aclose()

    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize("status", [200, 400, 401, 500])
async def test_no_secret_is_shown(
    client: NexthinkClient, fake: FakeTenant, caplog: pytest.LogCaptureFixture, *, status: int
) -> None:
    """Secrets are in no error, repr or log line, even where the login host says them."""
    caplog.set_level(logging.DEBUG)
    echo = {"access_token": f"\n{SECRET}", "error": SECRET, "error_description": f"Basic {BASIC} {SECRET}"}
    fake.reply(TOKEN_PATH, Reply(echo, status))

    with pytest.raises(NexthinkError) as caught:
        await client.sign_in()
    shown = f"{caught.value} {caught.value!r} {caught.value.__cause__!r} {client._exchange._tenant!r} {caplog.text}"
    assert SECRET not in shown
    assert BASIC not in shown


async def test_token_is_in_no_repr(tokens: TokenSource, clock: Clock) -> None:
    """A kept token does not show its value."""
    await tokens.get()

    assert "token-1" not in repr(tokens._token)
    assert repr(clock.now.year) in repr(tokens._token)
