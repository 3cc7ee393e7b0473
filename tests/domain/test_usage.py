"""Usage: what is familiar."""

from datetime import timedelta

from bot.domain.usage import Favourite, Usage, Use
from bot.domain.workflow import WorkflowId
from tests.domain.values import NOON


def use(slack_id: str, workflow_id: str, minutes: int = 0, times: int = 1) -> Use:
    """Return some runs of a workflow."""
    at = NOON + timedelta(minutes=minutes)
    return Use(slack_id=slack_id, workflow_id=WorkflowId(workflow_id), times=times, last_at=at)


USAGE = Usage([use("UADA", "#a"), use("UADA", "#b", 5), use("UGRACE", "#c", times=10), use("UGRACE", "#d", times=2)])


def test_own_ones_are_most_familiar() -> None:
    """Then what is run often; what nobody runs is strange."""
    familiar = USAGE.familiarity("UADA")

    assert [familiar(WorkflowId(one)) for one in ("#a", "#b", "#c", "#d", "#e")] == [1.0, 1.0, 0.5, 0.1, 0.0]
    assert Usage().familiarity("UADA")(WorkflowId("#a")) == 0.0


def test_first_choices_are_recent_then_often() -> None:
    """Nothing comes twice."""
    assert USAGE.first_choices("UADA") == ["#b", "#a", "#c", "#d"]
    assert USAGE.first_choices("UNEW") == ["#c", "#d", "#a", "#b"]


def test_favourites_come_first_and_are_familiar() -> None:
    """The latest star leads; without it a workflow falls back to its place."""
    usage = Usage([use("UADA", "#a")], [Favourite(slack_id="UADA", workflow_id=WorkflowId("#z"), since=NOON)])
    usage.star("UADA", WorkflowId("#y"))

    assert usage.first_choices("UADA") == ["#y", "#z", "#a"]
    assert usage.familiarity("UADA")(WorkflowId("#z")) == 1.0
    assert not usage.is_favourite("UGRACE", WorkflowId("#z"))

    usage.unstar("UADA", WorkflowId("#y"))
    usage.unstar("UADA", WorkflowId("#never"))

    assert usage.first_choices("UADA") == ["#z", "#a"]
