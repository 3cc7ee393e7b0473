"""What must hold over all the blocks of one message or view.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from bot.playground.slack.kit import limits
from bot.playground.slack.kit.blocks import BLOCKS
from bot.playground.slack.kit.data import table_characters
from bot.playground.slack.kit.limits import Limit
from bot.playground.slack.kit.problem import Problem, broken
from bot.playground.slack.kit.reading import all_blocks, elements_of, placed_blocks, placed_elements
from bot.playground.slack.kit.schema import ByType, Items, Json
from bot.playground.slack.kit.surfaces import SURFACES


def block_problems(blocks: Any, surface: str, at: str) -> Iterator[Problem]:
    """Yield what is wrong with the blocks of one surface: message, modal, home, or blocks where it is not known."""
    count = limits.BLOCKS_IN_VIEW if surface in {"modal", "home"} else limits.BLOCKS_IN_MESSAGE
    problems = [*Items(ByType(lambda: BLOCKS, SURFACES.get(surface, ())), count).check(blocks, at)]
    yield from problems
    # The rules below read fields, so they only look at blocks whose fields are in order.
    if problems:
        return
    places = [*placed_blocks(blocks, at)]
    for name in _repeated(block.get("block_id") for _, block in places):
        yield broken(f"`block_id` {name} already exists", at, "unique", 1, name)
    for place, block in places:
        for name in _repeated(element.get("action_id") for element in elements_of(block)):
            yield broken(f"`action_id` {name} already exists in this block", place, "unique", 1, name)
    yield from _element_problems(places, surface, at)


def message_totals(blocks: list[Json], at: str) -> Iterator[Problem]:
    """Yield what is wrong with what a message may hold in all, its attachments included."""
    kinds = Counter(block["type"] for block in all_blocks(blocks))
    if kinds["table"] > limits.TABLES_IN_MESSAGE.maximum:
        yield broken("only_one_table_allowed", at, "max_items", limits.TABLES_IN_MESSAGE.maximum, kinds["table"])
    yield from _total(limits.CHARTS_IN_MESSAGE, "data_visualization blocks", kinds["data_visualization"], at)
    written = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    yield from _total(limits.MARKDOWN_IN_MESSAGE, "characters in markdown blocks together", written, at)
    cells = sum(table_characters(block) for block in blocks if block["type"] == "data_table")
    yield from _total(limits.DATA_TABLE_CHARACTERS, "characters in cells of data tables", cells, at)


def _total(limit: Limit, what: str, got: int, at: str) -> Iterator[Problem]:
    if got > limit.maximum:
        yield broken(f"no more than {limit.maximum} {what} allowed", at, "max_total", limit.maximum, got)


def _element_problems(places: list[tuple[str, Json]], surface: str, at: str) -> Iterator[Problem]:
    elements = [placed for place, block in places for placed in placed_elements(block, place)]
    focused = sum(1 for _, element in elements if element.get("focus_on_load"))
    if focused > 1:
        yield broken("only one element may have `focus_on_load`", at, "max_items", 1, focused)
    for place, element in elements:
        if element.get("response_url_enabled") and surface in {"message", "home"}:
            yield broken("`response_url_enabled` is only allowed in modals", place, "surface", "modal", surface)


def _repeated(names: Iterable[str | None]) -> list[str]:
    return [name for name, count in Counter(names).items() if name and count > 1]
