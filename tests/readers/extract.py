"""Takes functions out of a module that can't be imported here, because it imports what trains: torch and its like.

What is taken runs as it stands, only without annotations and decorators, which may need what is missing.
"""

import ast
import warnings
from collections.abc import Callable, Mapping
from typing import Any


class Gone(Exception):
    """The module has no such function any more: the reader has changed, and its new one must be looked for."""


def functions(source: str, *names: str, given: Mapping[str, Any]) -> dict[str, Callable[..., Any]]:
    """The functions and classes of `names`, by name; methods are named `Class.method` and come as plain functions.

    `given` are the names that they use. All see each other. Raises: Gone.
    """
    with warnings.catch_warnings(action="ignore"):  # of the trainers' style
        parsed = ast.parse(source)
    found = [_bare(_find(parsed, name)) for name in names]
    space = dict(given)
    module = ast.Module(body=found, type_ignores=[])
    exec(compile(ast.fix_missing_locations(module), "<a trainer's reader>", "exec"), space)
    return {name: space[name.rpartition(".")[2]] for name in names}


def _find(module: ast.Module, name: str) -> ast.stmt:
    here, found = module.body, None
    for part in name.split("."):
        found = next((node for node in here if getattr(node, "name", None) == part), None)
        here = getattr(found, "body", [])
    if found is None:
        raise Gone(f"there is no {name} in it")
    return found


def _bare(node: ast.stmt) -> ast.stmt:
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef):
            part.decorator_list, part.returns = [], None
        elif isinstance(part, ast.arg):
            part.annotation = None
    return node
