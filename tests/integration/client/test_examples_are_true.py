"""Every public call has an example in its docstring, and it does on a real server what it shows, for both clients."""

import contextlib
import doctest
import inspect
import io
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any
from uuid import uuid4

import pytest

import cuecutter
from cuecutter import AsyncClient, Client, Dataset
from tests.integration.client.conftest import AUDIO, TRANSCRIPT
from tests.stacks import RunningStack

CHECKER = doctest.OutputChecker()
TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def calls(kind: type[Any]) -> Iterator[str]:
    yield from (name for name, _ in inspect.getmembers(kind) if not name.startswith("_"))


def examples(kind: type[Any], call: str) -> list[doctest.Example]:
    documented = kind if call == kind.__name__ else inspect.getattr_static(kind, call)
    return doctest.DocTestParser().get_examples(inspect.getdoc(documented) or "")


EVERY = [*calls(Client), "Client"]


@pytest.fixture
def names(running_stack: RunningStack, reader_token: str, tmp_path: Path) -> dict[str, Any]:
    return {"audio": AUDIO, "transcript": TRANSCRIPT, "folder": tmp_path, "token": reader_token}


def shown(code: CodeType, names: dict[str, Any]) -> Any:
    """Runs it; a coroutine where it awaits."""
    return FunctionType(code, names)()


def compiled(example: doctest.Example) -> CodeType:
    code: CodeType = compile(example.source, "<example>", "single", flags=TOP_LEVEL_AWAIT, dont_inherit=True)
    return code


def compare(example: doctest.Example, got: str) -> None:
    assert CHECKER.check_output(example.want, got, 0), f"{example.source}gives {got!r} and not {example.want!r}"


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_every_public_call_has_an_example_and_says_more_than_its_name(kind: type[Any]) -> None:
    assert [call for call in [*calls(kind), kind.__name__] if not examples(kind, call)] == []


def test_both_clients_have_the_same_calls() -> None:
    assert list(calls(Client)) == list(calls(AsyncClient))


@pytest.mark.parametrize("call", EVERY)
def test_the_blocking_clients_example_is_true(
    call: str, names: dict[str, Any], running_stack: RunningStack, ready: Dataset
) -> None:
    found = examples(Client, call)
    token, extra = token_for(found, running_stack, names["token"])
    with Client(running_stack.env["GATEWAY_URL"], token) as client:
        names |= {"client": client, "ready": ready}
        if extra:
            names["pending"] = client.upload(AUDIO, TRANSCRIPT)
        for example in found:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                shown(compiled(example), names)
            compare(example, out.getvalue())


@pytest.mark.parametrize("call", [*EVERY[:-1], "AsyncClient"])
async def test_the_example_for_asyncio_is_true(
    call: str, names: dict[str, Any], running_stack: RunningStack, ready: Dataset
) -> None:
    found = examples(AsyncClient, call)
    token, extra = token_for(found, running_stack, names["token"])
    async with AsyncClient(running_stack.env["GATEWAY_URL"], token) as client:
        names |= {"client": client, "ready": ready}
        if extra:
            names["pending"] = await client.upload(AUDIO, TRANSCRIPT)
        for example in found:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                coroutine = shown(compiled(example), names)
                if inspect.isawaitable(coroutine):
                    await coroutine
            compare(example, out.getvalue())


WITH_EXAMPLES = {"Problem", "NotConfigured", "Unreachable", "StillProcessing", "Cue", "Cues", "Dataset"}


def documented(kind: type[Any]) -> list[doctest.Example]:
    """Of a class and of what it has itself."""
    found = doctest.DocTestFinder(exclude_empty=True).find(kind, kind.__name__, globs={})
    return [example for test in found for example in test.examples]


@pytest.mark.parametrize("name", sorted(WITH_EXAMPLES))
def test_the_example_of_a_value_or_an_error_is_true(
    name: str, names: dict[str, Any], running_stack: RunningStack, ready: Dataset
) -> None:
    found = documented(getattr(cuecutter, name))
    token, extra = token_for(found, running_stack, names["token"])
    with Client(running_stack.env["GATEWAY_URL"], token) as client:
        names |= {**vars(cuecutter), "client": client, "ready": ready}
        if extra:
            names["pending"] = client.upload(AUDIO, TRANSCRIPT)
        for example in found:
            with contextlib.redirect_stdout(io.StringIO()) as out:
                shown(compiled(example), names)
            compare(example, out.getvalue())


def test_no_example_of_a_value_or_an_error_is_forgotten() -> None:
    kinds = {name: getattr(cuecutter, name) for name in cuecutter.__all__ if not name.startswith("__")}
    having = {name for name, kind in kinds.items() if documented(kind)}
    assert having == {*WITH_EXAMPLES, "Client", "AsyncClient"}


def token_for(found: list[doctest.Example], stack: RunningStack, reader: str) -> tuple[str, bool]:
    """Of a new user where the example changes `pending`, so that what others see of `ready` stays as it is."""
    changes = any("pending" in example.source for example in found)
    return (stack.token(f"example-{uuid4()}") if changes else reader), changes
