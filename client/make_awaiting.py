"""`python client/make_awaiting.py`: writes `cuecutter/awaiting`, the client for asyncio, from `cuecutter/blocking`.

The two differ in `async` and `await` alone, in the code as in the examples, so that they are written once. A test fails
while what is there is not what this makes.
"""

import re
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent / "cuecutter"

HEADS: Final = {
    "__init__.py": '"""The client for asyncio, made of `cuecutter.blocking` by `client/make_awaiting.py`."""\n',
}
# In their order. What gives an iterator is no coroutine.
_CODE: Final = (
    (r"cuecutter\.blocking", "cuecutter.awaiting"),
    (r"\bBlocking\b", "Awaiting"),
    (r"\bClient\b", "AsyncClient"),
    (r"\bIterator\b", "AsyncIterator"),
    (r"Callable, AsyncIterator", "AsyncIterator, Callable"),  # as ruff sorts them
    (r"__(enter|exit)__", r"__a\1__"),
    (r"^    def (?!__init__|url\b)(\w+\([^)]*\) -> (?!AsyncIterator))", r"    async def \1"),
    (r"def _values", "async def _values"),
    (r"self\._run\(", "await self._run("),
    (r"self\._runner\.(run|close)\(", r"await self._runner.\1("),
    (r"self\.close\(", "await self.close("),
)
_EXAMPLES: Final = (
    (r"\bwith AsyncClient", "async with AsyncClient"),
    (r"\bfor (\w+) in client\.", r"async for \1 in client."),
    (r"(?<!\w)next\(", "await anext("),
    (r"\b(client|other)\.(?!url|datasets|segments)(\w+\(.*?\))\.", r"(await \1.\2)."),
    (r"(?<!await )\b(client|other)\.(?!url|datasets\(|segments\()(\w+\()", r"await \1.\2"),
)


def awaiting(blocking: str) -> str:
    """The text of a module, made asynchronous."""
    lines = _replaced(blocking, _CODE).splitlines(keepends=True)
    return "".join(_replaced(line, _EXAMPLES) if line.lstrip().startswith((">>> ", "... ")) else line for line in lines)


def files() -> dict[str, str]:
    """By name, what `cuecutter/awaiting` holds."""
    sources = sorted((PACKAGE / "blocking").glob("*.py"))
    return {source.name: awaiting(source.read_text(encoding="utf-8")) for source in sources} | HEADS


def _replaced(text: str, rules: tuple[tuple[str, str], ...]) -> str:
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return text


if __name__ == "__main__":
    for name, text in files().items():
        (PACKAGE / "awaiting" / name).write_text(text, encoding="utf-8")
