"""The circuit breaker: when it opens, whom it lets through, and when it closes."""

import contextlib

import pytest

from bot.domain.errors import NexthinkError, NexthinkFault
from bot.nexthink.breaker import THRESHOLD, Breaker, is_no_answer
from tests.nexthink.loopback import Clock


@pytest.fixture
def clock() -> Clock:
    """The clock that the breaker goes by."""
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    """A closed one."""
    return Breaker(clock)


def is_let_through(breaker: Breaker, *, for_person: bool) -> bool:
    """Tell whether a call may go."""
    with contextlib.suppress(NexthinkError):
        breaker.admit("testing", for_person=for_person)
        return True
    return False


def open_it(breaker: Breaker) -> None:
    """Let as many calls fail as it takes."""
    for _ in range(THRESHOLD):
        breaker.failed(breaker.admit("testing", for_person=False))


def test_few_failures_hold_nobody_back(breaker: Breaker, clock: Clock) -> None:
    """It opens at the threshold, not before, and an answer between begins the count anew."""
    now = clock()
    for _ in range(THRESHOLD - 1):
        breaker.failed(now)
    breaker.answered()
    for _ in range(THRESHOLD - 1):
        breaker.failed(now)

    assert is_let_through(breaker, for_person=False)
    breaker.failed(now)
    assert not is_let_through(breaker, for_person=False)
    assert not is_let_through(breaker, for_person=True)


def test_held_back_call_tells_when_to_come_again(breaker: Breaker, clock: Clock) -> None:
    """The failure says that nothing was sent, that it may pass, and after how many seconds."""
    open_it(breaker)
    clock.advance(2)

    with pytest.raises(NexthinkError, match="left alone for some seconds") as caught:
        breaker.admit("starting a run", for_person=True)
    assert (caught.value.fault, caught.value.retry_after) == (NexthinkFault.AWAY, 3.0)
    assert (caught.value.surely_not_done, caught.value.may_pass) == (True, True)


def test_person_is_the_probe_after_five_seconds(breaker: Breaker, clock: Clock) -> None:
    """One goes through, and the next only after as long again; polls wait for longer."""
    open_it(breaker)
    clock.advance(4.9)
    early = is_let_through(breaker, for_person=True)
    clock.advance(0.2)

    assert not early
    assert not is_let_through(breaker, for_person=False)
    assert is_let_through(breaker, for_person=True)
    assert not is_let_through(breaker, for_person=True)
    clock.advance(5)
    assert is_let_through(breaker, for_person=True), "a probe that hangs holds nobody else up"


def test_poll_is_the_probe_where_nobody_asks(breaker: Breaker, clock: Clock) -> None:
    """The bot finds out by itself that Nexthink is back."""
    open_it(breaker)
    clock.advance(10)

    assert is_let_through(breaker, for_person=False)


def test_answered_probe_closes_it(breaker: Breaker, clock: Clock) -> None:
    """After one answer all go through; a failed probe keeps it open."""
    open_it(breaker)
    clock.advance(5)
    assert is_let_through(breaker, for_person=True)
    breaker.failed(clock())
    assert not is_let_through(breaker, for_person=True)
    clock.advance(5)
    assert is_let_through(breaker, for_person=True)
    breaker.answered()

    assert is_let_through(breaker, for_person=False)
    assert not breaker.is_open


def test_call_of_before_the_last_answer_says_nothing_new(breaker: Breaker, clock: Clock) -> None:
    """Calls that were sent while Nexthink was away, and time out after it is back, hold nobody back."""
    sent_at = clock()
    clock.advance(20)
    breaker.answered()
    clock.advance(5)
    for _ in range(3 * THRESHOLD):
        breaker.failed(sent_at)

    assert is_let_through(breaker, for_person=True)
    assert not breaker.is_open


def test_late_time_outs_do_not_put_the_probe_off(breaker: Breaker, clock: Clock) -> None:
    """What counts is when the last call was sent, not when it failed."""
    sent_at = [breaker.admit("testing", for_person=False) for _ in range(3 * THRESHOLD)]
    clock.advance(25)
    for one in sent_at:
        breaker.failed(one)

    assert breaker.is_open
    assert is_let_through(breaker, for_person=True)


def test_clock_that_is_put_back_shuts_nobody_out(breaker: Breaker, clock: Clock) -> None:
    """Then the next call is the probe."""
    open_it(breaker)
    clock.advance(-3600)

    assert is_let_through(breaker, for_person=True)


@pytest.mark.parametrize(
    ("fault", "status", "is_away"),
    [
        (NexthinkFault.UNREACHABLE, None, True),
        (NexthinkFault.UNCLEAR, None, True),
        (NexthinkFault.UNCLEAR, 503, True),
        (NexthinkFault.UNCLEAR, 409, False),
        (NexthinkFault.REFUSED, None, False),
        (NexthinkFault.REFUSED, 400, False),
        (NexthinkFault.BUSY, 429, False),
        (NexthinkFault.FORBIDDEN, 403, False),
        (NexthinkFault.UNAUTHORIZED, 401, False),
        (NexthinkFault.NOT_FOUND, 404, False),
    ],
)
def test_only_silence_counts(fault: NexthinkFault, status: int | None, *, is_away: bool) -> None:
    """A refusal is an answer; a gateway's 5xx, a time-out and a missing connection are none."""
    assert is_no_answer(NexthinkError(fault, "testing", status=status)) is is_away
