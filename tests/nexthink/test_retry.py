"""Which failures are worth another try, and after which pause."""

import httpx
import pytest

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.nexthink import fault
from bot.nexthink.retry import Retries, is_passing
from tests.nexthink.loopback import Clock


def failure(kind: NexthinkFault, retry_after: float | None = None) -> NexthinkError:
    """Return a failure of a kind."""
    return NexthinkError(kind, "testing", retry_after=retry_after)


class Attempts:
    """Fails as told, then succeeds."""

    def __init__(self, *failures: NexthinkError) -> None:
        self._failures = list(failures)

    async def __call__(self) -> str:
        """Try once."""
        if self._failures:
            raise self._failures.pop(0)
        return "done"


@pytest.mark.parametrize("kind", NexthinkFault)
def test_only_what_may_pass_is_tried_again(kind: NexthinkFault) -> None:
    """A refusal stays one."""
    may_pass = {NexthinkFault.UNREACHABLE, NexthinkFault.BUSY, NexthinkFault.UNCLEAR}

    assert is_passing(failure(kind)) is (kind in may_pass)


@pytest.mark.parametrize(("error", "passing"), [(httpx.ReadError(""), True), (httpx.ReadTimeout(""), False)])
async def test_slow_answer_is_not_waited_for_again(error: httpx.HTTPError, *, passing: bool) -> None:
    """A cut connection is worth another try, an answer that did not come in time is not."""
    with pytest.raises(NexthinkError) as caught:
        raise fault.of_exception(error, "testing") from error
    assert is_passing(caught.value) is passing


async def test_pauses_double_and_are_shortened_by_chance() -> None:
    """The chance decides how much of each pause is taken."""
    clock = Clock()
    retries = Retries(sleep=clock.sleep, jitter=lambda: 0.5)
    unreachable = failure(NexthinkFault.UNREACHABLE)

    assert await retries.run(Attempts(unreachable, unreachable)) == "done"
    assert clock.pauses == [0.25, 0.5]


async def test_third_failure_is_raised() -> None:
    """Three tries are all there are, and the last failure is the one that is told."""
    last = failure(NexthinkFault.BUSY)
    attempts = Attempts(failure(NexthinkFault.UNCLEAR), failure(NexthinkFault.UNREACHABLE), last)

    with pytest.raises(NexthinkError) as caught:
        await Retries(sleep=Clock().sleep).run(attempts)
    assert caught.value is last


async def test_server_says_how_long_to_wait() -> None:
    """A wait of up to 5 s is kept to; who is asked for more says so at once."""
    clock = Clock()
    retries = Retries(sleep=clock.sleep, jitter=lambda: 0.0)

    await retries.run(Attempts(failure(NexthinkFault.BUSY, 5.0)))
    with pytest.raises(NexthinkError):
        await retries.run(Attempts(failure(NexthinkFault.BUSY, 5.1)))
    assert clock.pauses == [5.0]
