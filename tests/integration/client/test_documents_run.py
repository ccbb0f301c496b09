"""The programs in README and docs/client.md run as they stand there, with nothing but the two variables."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.stacks import ROOT, RunningStack


def programs(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [block for block in blocks if "from cuecutter import" in block]


PROGRAMS = [("README.md", n) for n in range(1)] + [("docs/client.md", n) for n in range(2)]


@pytest.mark.parametrize("page", ["README.md", "docs/client.md"])
def test_every_program_of_the_page_is_run_here(page: str) -> None:
    assert len(programs(page)) == sum(where == page for where, _ in PROGRAMS)


@pytest.mark.parametrize(("page", "n"), PROGRAMS)
def test_the_program_runs(page: str, n: int, running_stack: RunningStack, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "sample", tmp_path / "sample")
    (tmp_path / "build").mkdir()
    given = {"CUECUTTER_URL": running_stack.env["GATEWAY_URL"], "CUECUTTER_TOKEN": running_stack.token(f"reader-{n}")}
    env = {**os.environ, **given, "PYTHONPATH": ""}
    program = [sys.executable, "-W", "error", "-c", programs(page)[n]]
    done = subprocess.run(program, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=90, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    archive = next(tmp_path.rglob("*.zip"))
    assert zipfile.ZipFile(archive).testzip() is None
