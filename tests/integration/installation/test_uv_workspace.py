"""What `uv sync` and `uv run` would do with the checkout: all of ours from here, and all groups, by itself."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from installation import pip_settings

ROOT = Path(__file__).parents[3]
OURS = {"bus", "catalog", "contracts", "gateway", "manifest", "objects", "runtime", "segmenter", "transcripts"}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """uv's lock of a copy: the checkout itself keeps none."""
    folder = tmp_path_factory.mktemp("workspace")
    for file in (
        path for shape in (".", "client", "libs/*", "services/*") for path in ROOT.glob(f"{shape}/pyproject.toml")
    ):
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    uv = Path(sys.executable).with_name("uv")
    configured = pip_settings.for_uv(pip_settings.read([sys.executable, "-m", "pip"]))
    subprocess.run([str(uv), "lock", "--quiet"], cwd=folder, check=True, env={**os.environ, **configured})
    return tomllib.loads((folder / "uv.lock").read_text(encoding="utf-8"))


def test_every_package_of_ours_is_a_member(locked: dict[str, Any]) -> None:
    assert set(locked["manifest"]["members"]) == {
        "cuecutter",
        "cuecutter-workspace",
        *(f"cuecutter-{name}" for name in OURS),
    }


def test_ours_come_from_the_checkout_and_the_workspace_itself_is_not_built(locked: dict[str, Any]) -> None:
    sources = {found["name"]: found["source"] for found in locked["package"] if found["name"].startswith("cuecutter")}
    assert sources.pop("cuecutter-workspace") == {"virtual": "."}
    assert sources.pop("cuecutter") == {"editable": "client"}
    assert sorted(source["editable"].rpartition("/")[2] for source in sources.values()) == sorted(OURS)


def test_by_default_everything_is_installed() -> None:
    chosen = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(chosen["tool"]["uv"]["default-groups"]) == {"stack", "dev"}
    services = {path.name for path in (ROOT / "services").iterdir() if (path / "pyproject.toml").exists()}
    assert {"cuecutter", *(f"cuecutter-{name}" for name in services)} <= set(chosen["dependency-groups"]["stack"])
