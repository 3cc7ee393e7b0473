"""The bot's web server: it listens, or says which variable to mend."""

import pytest

from bot.domain.errors import ConfigurationError
from bot.web.server import WebServer


@pytest.mark.parametrize("host", ["x" * 64 + ".example", "a..b"])
async def test_host_that_is_no_name_is_told(host: str) -> None:
    """Whatever the resolver makes of it, it is a fault of the environment."""
    with pytest.raises(ConfigurationError, match=r"FIXDESK_HTTP_HOST, FIXDESK_HTTP_PORT: .* cannot be used"):
        await WebServer([]).start(host, 0)


async def test_address_in_use_is_told_with_its_variables() -> None:
    """And the server can be stopped afterwards all the same."""
    first, second = WebServer([]), WebServer([])
    await first.start("127.0.0.1", 0)
    try:
        with pytest.raises(ConfigurationError) as caught:
            await second.start("127.0.0.1", first.port)
    finally:
        port = first.port
        await first.stop()
    await second.stop()

    (fault,) = caught.value.faults
    assert fault.startswith(f"FIXDESK_HTTP_HOST, FIXDESK_HTTP_PORT: 127.0.0.1:{port} cannot be used (")
    assert fault.endswith("choose another address or a free port")
