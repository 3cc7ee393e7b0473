"""Where something stands in a policy file: line and column, for whoever has to mend it."""

from collections.abc import Iterable

import yaml

Path = tuple[str | int, ...]
"""Keys and places from the top of the file: `("workflows", 3, "run_by")`."""


class Positions:
    """The nodes of a file, by their path."""

    def __init__(self, text: str) -> None:
        """Read a text that is known to be YAML."""
        self._root = yaml.compose(text, Loader=yaml.SafeLoader)

    def at(self, path: Iterable[str | int]) -> str:
        """Return `:line:column` of the deepest part of a path that is there, both counted from 1."""
        node, mark = self._root, getattr(self._root, "start_mark", None)
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            node, mark = found
        return f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, yaml.error.Mark] | None:
    """Return the node below another one, and where it, or its key, begins."""
    if isinstance(node, yaml.MappingNode):
        pairs = ((key, value) for key, value in node.value if key.value == str(part))
        return next(((value, key.start_mark) for key, value in pairs), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        return child, child.start_mark
    return None
