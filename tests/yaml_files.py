"""YAML as the tests read it: a key that stands twice in one mapping is refused, as Kubernetes and compose refuse it.

PyYAML alone keeps the last of the two and says nothing, so a setting could vanish from a file that every test accepts.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import yaml


class UniqueKeysLoader(yaml.SafeLoader):  # type: ignore[misc]  # PyYAML has no type information
    """Looks at each mapping as it is written, before `<<` adds the keys that it may override."""

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        counts = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        twice = sorted(key for key, count in counts.items() if count > 1)
        if twice:
            raise yaml.MarkedYAMLError(problem=f"a key stands twice: {', '.join(twice)}", problem_mark=node.start_mark)
        return node


def documents(text: str) -> list[Any]:
    """The documents of `text`, in their order. Raises: yaml.YAMLError, also for a key that stands twice."""
    return list(yaml.load_all(text, UniqueKeysLoader))


def read_all(path: Path) -> list[Any]:
    """The documents of a file. Raises: yaml.YAMLError, also for a key that stands twice."""
    with path.open(encoding="utf-8") as file:
        return list(yaml.load_all(file, UniqueKeysLoader))


def read(path: Path) -> Any:
    """The only document of a file. Raises: yaml.YAMLError, ValueError for another number of documents."""
    (document,) = read_all(path)
    return document
