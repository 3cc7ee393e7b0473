"""Lost presses: Slack was told that they arrived, and nothing came of them."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from bot.playground.slack.workspace import Message
from tests.chaos.people import SETTLING, Act
from tests.chaos.scene import Scene


def lost_presses(scene: Scene) -> Iterator[str]:
    """Find forms without a run, and presses that neither changed anything nor brought an answer."""
    acked = [act for act in scene.acts if act.is_acked and not act.is_answered]
    for act in acked:
        if act.what == "submit" and scene.run_of_view(act.view_id) is None:
            yield f"{act.name} handed in a form, and no run came of it"
    presses: dict[str, list[Act]] = defaultdict(list)
    for act in acked:
        if act.what != "submit":
            presses[act.slack_id].append(act)
    for slack_id, done in presses.items():
        yield from _unanswered(scene, slack_id, done)


def _unanswered(scene: Scene, slack_id: str, presses: list[Act]) -> Iterator[str]:
    """Find presses that neither decided nor brought an answer; each answer counts for one press before it."""
    taken = _decisions_of(scene, slack_id)
    answers = sorted(
        message.ts for message in scene.messages() if message.only_for == slack_id or _is_dm(scene, message, slack_id)
    )
    for act in presses:
        if act.what in SETTLING and _is_settled(scene, act):
            continue
        if taken[act.what]:
            taken[act.what] -= 1
            continue
        answer = next((ts for ts in answers if ts > act.began), None)
        if answer is None:
            yield f"{act.name} pressed {act.what} on the {act.role} card, and nothing came of it"
        else:
            answers.remove(answer)


def _is_dm(scene: Scene, message: Message, slack_id: str) -> bool:
    return message.channel == scene.stand.slack.workspace.dm_of(slack_id).id and not message.metadata


def _decisions_of(scene: Scene, slack_id: str) -> Counter[str]:
    """Count what somebody has decided, by the button; a decision that was taken back counts as recorded."""
    upn = scene.stand.slack.workspace.people[slack_id].email
    taken: Counter[str] = Counter()
    for row in scene.audit:
        if row.entry.actor != upn:
            continue
        if row.entry.action in {"run.approved", "run.denied"}:
            taken["Approve" if row.entry.action == "run.approved" else "Deny"] += 1
        elif row.entry.action == "resume.sending":
            taken[str(row.entry.subject.get("choice", "")).capitalize()] += 1
    return taken


def _is_settled(scene: Scene, act: Act) -> bool:
    """Tell whether a run has moved on since somebody pressed a button on what was not known of it."""
    entries = (row.entry for row in scene.audit if row.entry.subject.get("run_id") == act.run_id)
    later = (entry.action for entry in entries if entry.at.timestamp() >= float(act.began))
    return any(action.startswith("run.") and action != "run.uncertain" for action in later)
