"""The HTTP client: one pool for the process, timeouts per phase, proxies of the environment, truthful errors.

httpx waits on its own pool at a cost that grows with the square of what waits, so aiohttp carries the requests.
aiohttp sends a request again by itself where a kept connection was cut, but only idempotent ones: never a POST.
"""

import contextlib
import ipaddress
import urllib.request
from collections.abc import AsyncIterator, Iterator
from typing import cast

import httpx
from httpx_aiohttp import AiohttpTransport
from httpx_aiohttp.transport import AIOHTTP_EXC_MAP

from bot.domain.errors import ConfigurationError
from bot.nexthink.tenant import Tenant

TIMEOUT = httpx.Timeout(150.0, connect=5.0, pool=5.0)
"""For an answer each call has a deadline of its own, shorter than this.

The pool's share covers all that happens before sending: waiting for a connection, its name, TCP and TLS.
"""

LIMITS = httpx.Limits(max_connections=250, keepalive_expiry=5.0)
"""More connections than the gates of both services let through.

A kept connection is dropped long before a server would: a start must not meet one that is just being closed.
"""

# The transport's table names aiohttp's errors, so that this package needs no import of aiohttp.
_NOT_CONNECTED = tuple(error for error, said in AIOHTTP_EXC_MAP.items() if said is httpx.ConnectError)
_AIOHTTP_ERROR = next(
    kind for kind in _NOT_CONNECTED[0].__mro__ if issubclass(kind, Exception) and kind.__name__ == "ClientError"
)


class TruthfulTransport(AiohttpTransport):
    """aiohttp's transport, whose errors tell whether a connection was made.

    The library's own table calls every trouble with a connection a `ConnectTimeout`, also a connection that was cut
    after the request was sent; a start would then be taken for one that surely never arrived.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raise `ConnectError` or `ConnectTimeout` only where nothing was sent."""
        with _truthful_errors():
            response = await super().handle_async_request(request)
        response.stream = _TruthfulStream(cast(httpx.AsyncByteStream, response.stream))
        return response


class _TruthfulStream(httpx.AsyncByteStream):
    """A body whose errors are as truthful as the transport's."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _truthful_errors():
            async for chunk in self._stream:
                yield chunk

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._stream.aclose()


@contextlib.contextmanager
def _truthful_errors() -> Iterator[None]:
    """Tell apart what the library calls a `ConnectTimeout`, and translate what it lets through."""
    try:
        yield
    except httpx.ConnectTimeout as error:
        cause = error.__cause__
        if isinstance(cause, TimeoutError):
            raise
        if isinstance(cause, _NOT_CONNECTED):
            raise httpx.ConnectError(str(error)) from cause
        raise httpx.ReadError(str(error)) from cause
    except (_AIOHTTP_ERROR, ValueError) as error:
        # A ValueError comes, for example, from a status line that is no ASCII.
        raise httpx.RemoteProtocolError("the answer was not HTTP") from error


def connect(tenant: Tenant, *, timeout: httpx.Timeout = TIMEOUT) -> httpx.AsyncClient:
    """Build the one client of the process; whoever builds it closes it. No connection is made yet."""
    proxies = {httpx.URL(url): proxy_for(url) for url in (tenant.api_url, tenant.login_url)}
    mounts = {
        f"all://{url.netloc.decode()}": TruthfulTransport(limits=LIMITS, proxy=httpx.Proxy(proxy))
        for url, proxy in proxies.items()
        if proxy is not None
    }
    return httpx.AsyncClient(transport=TruthfulTransport(limits=LIMITS), mounts=mounts, timeout=timeout)


def proxy_for(url: str) -> str | None:
    """Return the proxy that the environment names for an address; a host on this machine never has one.

    Raises `ConfigurationError` for one of another kind, such as SOCKS.
    """
    target = httpx.URL(url)
    if _is_loopback(target.host) or urllib.request.proxy_bypass(target.host):
        return None
    proxies = urllib.request.getproxies()
    name = target.scheme if proxies.get(target.scheme) else "all"
    proxy = proxies.get(name) or None
    if proxy is None or "://" not in proxy:
        return proxy and f"http://{proxy}"
    if not proxy.casefold().startswith(("http://", "https://")):
        # The address itself may hold a password.
        mend = "only a proxy that begins with http:// or https:// is spoken to"
        raise ConfigurationError([f"{name.upper()}_PROXY: {mend}"])
    return proxy


def _is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
