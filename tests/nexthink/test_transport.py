"""What the HTTP client raises, over real connections, and when it uses a proxy."""

import socket
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from bot.domain.errors import ConfigurationError
from bot.nexthink.tenant import Tenant
from bot.nexthink.transport import connect, proxy_for
from tests.nexthink.loopback import FakeTenant, RawServer, http_ok

SHORT = httpx.Timeout(0.2)
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def tenant(url: str) -> Tenant:
    """Return a tenant whose hosts are one."""
    return Tenant(api_url=url, login_url=url, client_id="id", client_secret="secret")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client that is not patient."""
    async with connect(tenant("http://127.0.0.1"), timeout=SHORT) as http:
        yield http


@pytest.fixture
def deaf_url() -> Iterator[str]:
    """The address of a socket whose queue is full, so that connecting takes for ever."""
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for waiting in (first, second):
            waiting.settimeout(0)
            waiting.connect_ex(deaf.getsockname())
        yield f"http://127.0.0.1:{deaf.getsockname()[1]}"


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that names no proxy."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


async def test_refused_connection_is_connect_error(http: httpx.AsyncClient) -> None:
    """A port where nobody listens gives ConnectError."""
    async with RawServer() as server:
        url = server.url

    with pytest.raises(httpx.ConnectError):
        await http.post(url, content=b"{}")


async def test_failing_tls_is_connect_error(http: httpx.AsyncClient, fake: FakeTenant) -> None:
    """A host that does not speak TLS was sent nothing."""
    with pytest.raises(httpx.ConnectError):
        await http.post(fake.url.replace("http:", "https:"), content=b"{}", timeout=5)


async def test_slow_connection_is_connect_timeout(http: httpx.AsyncClient, deaf_url: str) -> None:
    """A host that takes no connection gives ConnectTimeout."""
    with pytest.raises(httpx.ConnectTimeout):
        await http.post(deaf_url, content=b"{}")


async def test_silence_is_read_timeout(http: httpx.AsyncClient) -> None:
    """A host that took the request and says nothing gives ReadTimeout."""
    async with RawServer(b"") as server:
        with pytest.raises(httpx.ReadTimeout):
            await http.post(server.url, content=b"{}")


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(None, id="before the answer"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-", id="in its head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", id="in its body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", id="between its chunks"),
    ],
)
async def test_cut_connection_is_no_connect_error(http: httpx.AsyncClient, reply: bytes | None) -> None:
    """A connection that is cut after the request was sent says so, wherever it is cut."""
    async with RawServer(reply, is_cutting=True) as server:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await http.post(server.url, content=b"{}")

    assert len(server.requests) == 1


async def test_garbage_is_protocol_error(http: httpx.AsyncClient) -> None:
    """An answer that is not HTTP gives RemoteProtocolError."""
    async with RawServer(b"SSH-2.0-OpenSSH_9.6\r\n\r\n") as server:
        with pytest.raises(httpx.RemoteProtocolError):
            await http.post(server.url, content=b"{}")


async def test_post_on_closed_kept_connection_is_not_sent_again(http: httpx.AsyncClient) -> None:
    """A kept connection that the server cuts on the next POST does not make the transport send it once more."""
    async with RawServer(http_ok({}), None, http_ok({})) as server:
        await http.post(server.url, content=b"first")
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await http.post(server.url, content=b"second")

    assert server.connections == 1
    assert [request[-6:] for request in server.requests] == [b"\nfirst", b"second"]


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("https://acme.api.eu.nexthink.cloud", "http://proxy.example:3128"),
        ("http://acme.api.eu.nexthink.cloud", "http://plain.example:3128"),
        ("https://direct.example.com", None),
        ("http://127.0.0.1:8080", None),
        ("http://127.8.8.8", None),
        ("http://[::1]:8080", None),
        ("http://localhost:8080", None),
    ],
)
def test_proxy_follows_environment_but_never_to_this_machine(
    no_proxies: pytest.MonkeyPatch, url: str, proxy: str | None
) -> None:
    """The environment names the proxy by scheme and exceptions by host; this machine is always an exception."""
    no_proxies.setenv("https_proxy", "http://proxy.example:3128")
    no_proxies.setenv("http_proxy", "plain.example:3128")
    no_proxies.setenv("no_proxy", ".example.com")

    assert proxy_for(url) == proxy


@pytest.mark.parametrize("proxy", ["socks5://someone:s3cret@proxy.example:1080", "ftp://s3cret@proxy.example"])
def test_proxy_of_another_kind_is_refused(no_proxies: pytest.MonkeyPatch, proxy: str) -> None:
    """It is said at the start, by the variable's name and without what may be a password."""
    no_proxies.setenv("all_proxy", proxy)

    with pytest.raises(ConfigurationError, match="ALL_PROXY: only a proxy that begins with") as caught:
        proxy_for("https://acme.api.eu.nexthink.cloud")
    assert "s3cret" not in str(caught.value)


async def test_calls_go_through_the_proxy(no_proxies: pytest.MonkeyPatch) -> None:
    """A tenant beyond a proxy is asked through it, a host on this machine directly."""
    async with RawServer(http_ok("proxy")) as proxy, RawServer(http_ok("direct")) as direct:
        no_proxies.setenv("all_proxy", proxy.url)
        async with connect(tenant("http://acme.invalid")) as http:
            beyond = await http.get("http://acme.invalid/x")
            here = await http.get(direct.url)

    assert (beyond.json(), here.json()) == ("proxy", "direct")
    assert proxy.requests[0].startswith(b"GET http://acme.invalid/x ")


async def test_proxy_that_is_away_is_connect_error(no_proxies: pytest.MonkeyPatch) -> None:
    """Where the proxy takes no connection, nothing was sent."""
    async with RawServer() as proxy:
        no_proxies.setenv("all_proxy", proxy.url)
    async with connect(tenant("http://acme.invalid")) as http:
        with pytest.raises(httpx.ConnectError):
            await http.post("http://acme.invalid/x", content=b"{}")
