"""`cuecutter.awaiting` is what `client/make_awaiting.py` makes of `cuecutter.blocking`, and nothing else."""

import runpy

from tests.stacks import ROOT

PACKAGE = ROOT / "client" / "cuecutter"


def test_it_is_as_it_was_made() -> None:
    made = runpy.run_path(str(ROOT / "client" / "make_awaiting.py"))["files"]()
    there = {file.name: file.read_text(encoding="utf-8") for file in (PACKAGE / "awaiting").glob("*.py")}
    assert there == made, "run: .venv/bin/python client/make_awaiting.py"


def test_none_of_its_calls_blocks() -> None:
    for file in (PACKAGE / "awaiting").glob("*.py"):
        code = file.read_text(encoding="utf-8")
        assert "Blocking" not in code
        assert code.count("self._run(") == code.count("await self._run(")
