"""The workflow does what .ci/run does, on the Pythons that are supported; what a stranger looks for is there."""

import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest
import yaml

from tests.stacks import ROOT

WORKFLOW = ".github/workflows/ci.yml"


@pytest.fixture
def job() -> Any:
    return yaml.safe_load((ROOT / WORKFLOW).read_text(encoding="utf-8"))["jobs"]["run"]


def test_the_workflow_has_the_shape_that_its_schema_asks_for() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_it_calls_what_everybody_calls_on_the_oldest_and_the_newest_python(job: Any) -> None:
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    pythons = job["strategy"]["matrix"]["python"]
    assert pythons == ["3.11", "3.14"]
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert declared == f">={pythons[0]}"


def test_actions_are_pinned_by_their_major_tag(job: Any) -> None:
    for step in job["steps"]:
        assert "uses" not in step or re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "README.md"])
def test_every_link_of_a_document_for_strangers_leads_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / target).exists(), target


def test_readme_says_that_no_licence_is_chosen() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "has not chosen a licence" in text
    assert not list(ROOT.glob("LICEN[CS]E*"))
