"""The loader that the tests read YAML with, and every YAML file of the project through it."""

import pytest
import yaml

from tests import yaml_files
from tests.stacks import ROOT


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: 2\na: 3\n",
        "containers:\n  - env: [1]\n    envFrom: [2]\n    env: [3]\n",
        "x: &x {a: 1}\ny: &y {b: 1}\nz:\n  <<: *x\n  <<: *y\n",
        "one: 1\n---\ntwo: {a: 1, a: 1}\n",
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match=r"a key stands twice: (a|env|<<)\n.*line \d"):
        yaml_files.documents(text)


def test_a_merge_may_override_and_be_overridden() -> None:
    text = "x: &x {a: 1, b: 1}\ny:\n  <<: *x\n  b: 2\n"
    assert yaml_files.documents(text) == [{"x": {"a": 1, "b": 1}, "y": {"a": 1, "b": 2}}]


def test_no_file_of_the_project_has_a_key_twice() -> None:
    for path in (ROOT / "compose.yaml", *ROOT.glob("deploy/**/*.yaml"), *ROOT.glob("docs/**/*.yaml")):
        yaml_files.read_all(path)
