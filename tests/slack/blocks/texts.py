"""Texts as bad as people, workflows and Nexthink may make them, and what must hold of them on the way to Slack."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from bot.domain.workflow import Parameter, Workflow, WorkflowId

NASTY = ("", " ", "\n", "<!channel>", "<@U1>", "&amp;", "a & b <c>", "*bold* _x_ ~y~ `z`", ":tada:", "💥", "é" * 76)
LENGTHS = (1, 74, 75, 76, 149, 150, 151, 1999, 2000, 2001, 2999, 3000, 3001, 4100)
TEXTS = (
    st.sampled_from(NASTY)
    | st.text(max_size=12)
    | st.builds(lambda character, length: character * length, st.sampled_from("x &é💥"), st.sampled_from(LENGTHS))
)
NAMES = st.text(max_size=12) | st.sampled_from(NASTY)


def many(count: int, character: str, width: int) -> tuple[str, ...]:
    """Return so many different texts, each about so long."""
    return tuple(f"{character * width}{number}" for number in range(count))


OPTIONS = st.lists(NAMES | st.sampled_from(["option:0", "option:1"]), max_size=5, unique=True).map(tuple) | st.builds(
    many,
    st.sampled_from((1, 2, 99, 100, 101, 130)),
    st.sampled_from("xé💥&"),
    st.sampled_from((0, 72, 75, 148, 150, 400)),
)
PARAMETERS = st.builds(Parameter, id=NAMES, options=OPTIONS, allow_custom_value=st.booleans(), description=TEXTS)
WORKFLOWS = st.builds(
    Workflow,
    id=st.sampled_from([1, 20, 149, 150, 254]).map(lambda length: WorkflowId("#" + "a" * length)),
    uuid=st.just("0b1f7f6e-0000-4000-8000-000000000001"),
    name=TEXTS,
    description=TEXTS,
    version=st.sampled_from(["", "7", "0b1f7f6e-0000-4000-8000-000000000002"]),
)


def texts_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every text object of blocks, however deep it lies."""
    if isinstance(value, dict):
        if value.get("type") in {"plain_text", "mrkdwn"}:
            yield value
        for part in value.values():
            yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)
