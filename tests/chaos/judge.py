"""What must hold when all is quiet: judged by the stand-ins and the database, never by what the bot says of itself."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator

from tests.chaos.copies import stale_copies
from tests.chaos.presses import lost_presses
from tests.chaos.records import broken_chain, gaps
from tests.chaos.scene import Scene
from tests.chaos.wire import Exchange

AGAIN = "Start again"
_SURELY_REFUSED = range(400, 500)


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What did not hold, a sentence each."""

    double_starts: list[str] = dataclasses.field(default_factory=list)
    lost_presses: list[str] = dataclasses.field(default_factory=list)
    double_triggers: list[str] = dataclasses.field(default_factory=list)
    stale_copies: list[str] = dataclasses.field(default_factory=list)
    audit_gaps: list[str] = dataclasses.field(default_factory=list)
    unrest: list[str] = dataclasses.field(default_factory=list)
    """It did not come to rest, a process crashed, work was given up."""

    @property
    def is_clean(self) -> bool:
        """Whether everything held."""
        return not any(self.by_name().values())

    def by_name(self) -> dict[str, list[str]]:
        """Return the counts by their names."""
        return {field.name.replace("_", " "): getattr(self, field.name) for field in dataclasses.fields(self)}


def judge(scene: Scene) -> Verdict:
    """Look at everything."""
    return Verdict(
        double_starts=list(_double_starts(scene)),
        lost_presses=list(lost_presses(scene)),
        double_triggers=list(_double_triggers(scene)),
        stale_copies=list(stale_copies(scene)),
        audit_gaps=[*broken_chain(scene.audit), *gaps(scene)],
    )


def _may_have_been_taken(exchange: Exchange) -> bool:
    return exchange.status not in _SURELY_REFUSED


def _double_starts(scene: Scene) -> Iterator[str]:
    sent = [one for one in scene.wire.to("nexthink:execute") if _may_have_been_taken(one)]
    forms = {act.view_id for act in scene.acts if act.what == "submit" and scene.run_of_view(act.view_id)}
    # Only a person may start again what may have been started; they do it once in a story, however often they press.
    allowed = len(forms) + any(act.what == AGAIN for act in scene.acts)
    if len(sent) > allowed:
        yield f"{len(sent)} starts for {allowed} allowed: {[one.status for one in sent]}"
    if len({one.request_uuid for run in scene.runs for one in scene.started(run)}) > allowed:
        yield "Nexthink has started more than there were forms"


def _double_triggers(scene: Scene) -> Iterator[str]:
    sent: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in scene.wire.to("nexthink:trigger"):
        sent[exchange.path].append(exchange)
    for path, exchanges in sent.items():
        taken = [one for one in exchanges if _may_have_been_taken(one)]
        if len(taken) > 1:
            yield f"{path} was fired {len(taken)} times: {[one.status for one in exchanges]}"
        elif taken and exchanges[-1] is not taken[0]:
            yield f"{path} was fired again after one that may have been taken: {[one.status for one in exchanges]}"
