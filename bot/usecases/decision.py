"""What approvals and resumes share: who may answer a question, until when, and what whoever was too late is told."""

from bot.domain.decision import Approval, Choice, DecisionState, Resume, Verdict
from bot.domain.errors import NotAllowedError, TooLateError
from bot.domain.person import Person
from bot.domain.run import Requester
from bot.policy.decide import may_decide
from bot.usecases.desk import Desk


def verdict_on(
    asked: Approval | Resume, requester: Requester, person: Person, choice: Choice, *, is_open: bool, desk: Desk
) -> Verdict:
    """Return a person's verdict on a question; raise `NotAllowedError`, or `TooLateError` where it is closed."""
    ruling = may_decide(desk.policy, person, asked.deciders, requester)
    if not ruling.is_allowed:
        raise NotAllowedError(ruling.reason)
    now = desk.clock()
    if not is_open or now >= asked.expires_at:
        raise TooLateError(why_closed(asked))
    return Verdict(choice=choice, slack_id=person.slack_id, name=person.name, upn=person.upn, at=now)


def why_closed(asked: Approval | Resume) -> str:
    """Say who was first, or what else closed the question."""
    if asked.verdict is not None:
        verdict = asked.verdict
        return f"This cannot be decided any more: {verdict.name} {verdict.choice.past} it at {verdict.at:%H:%M} UTC."
    if asked.state is DecisionState.CLOSED:
        return "This cannot be decided any more: the execution has ended."
    return f"This cannot be decided any more: it expired at {asked.expires_at:%Y-%m-%d %H:%M} UTC."
