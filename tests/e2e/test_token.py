"""`make token`: a token and nothing else on standard output, good at the gateway of that stack, for that user."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import httpx
import jwt
import pytest

from stack.children import inherited
from tests.stacks import ROOT, RunningStack

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or not (ROOT / ".venv").exists(), reason="asks make, where make has set up .venv"
)


def make(goal: str, *variables: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", goal, *variables],
        cwd=ROOT,
        env={**inherited(os.environ), "USER": "root", **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("asked", "user", "seconds", "told"),
    [
        (["USER=alice", "DAYS=30"], "alice", 30 * 86_400, "'alice', valid for 30 days"),
        (["USER=bob@example.org", "SECONDS=60"], "bob@example.org", 60, "'bob@example.org', valid for 60 seconds"),
        (["SECONDS=86400"], "demo", 86_400, "'demo', valid for 1 day,"),
        ([], "demo", 30 * 86_400, "'demo', valid for 30 days"),  # not the login name
    ],
)
def test_a_token_is_taken_by_the_gateway(
    running_stack: RunningStack, asked: list[str], user: str, seconds: int, told: str
) -> None:
    done = make("token", *asked, f"DATA={running_stack.folder}")
    assert done.returncode == 0, done.stderr
    token = done.stdout.removesuffix("\n")
    claims = jwt.decode(token, running_stack.admin["JWT_SECRET_KEY"], algorithms=["HS256"])
    assert claims["sub"] == user
    assert abs(claims["exp"] - time.time() - seconds) < 30
    assert done.stderr == f"a token of the user {told.rstrip(',')}, on {running_stack.folder}\n"
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{running_stack.env['GATEWAY_URL']}/tts/datasets", headers=headers, trust_env=False)
    assert answer.status_code == 200


def test_data_may_come_from_the_environment(running_stack: RunningStack) -> None:
    assert make("token", DATA=str(running_stack.folder)).stdout.startswith("ey")


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ("USER=a b", "USER='a b' cannot be used: it must be 1 to 128 letters, digits and . _ @ | : + -, the first"),
        ("USER=", "USER='' cannot be used"),
        ("USER=../x", "USER='../x' cannot be used"),
        ("DAYS=1.5", "DAYS='1.5' cannot be used: it must be a whole number from 1 to 3650, for example DAYS=30"),
        ("DAYS=0", "DAYS='0' cannot be used"),
        ("SECONDS=soon", "SECONDS='soon' cannot be used: it must be a whole number from 1 to 315360000, for example"),
        ("DAYS=1 SECONDS=1", "DAYS and SECONDS cannot both be given: one of them, for example DAYS=30"),
    ],
)
def test_what_makes_no_token_is_said_in_our_words(running_stack: RunningStack, asked: str, problem: str) -> None:
    variables = [asked] if asked.startswith("USER") else asked.split()
    done = make("token", *variables, f"DATA={running_stack.folder}")
    assert done.returncode != 0
    assert done.stdout == ""
    assert f"error: {problem}" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_stack_there_is_no_token(tmp_path: Path) -> None:
    done = make("token", f"DATA={tmp_path}")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: no stack runs on {tmp_path}\nwhat to do: start it with make run, or pass DATA=" in done.stderr


@pytest.mark.parametrize(
    ("goal", "variable", "problem"),
    [
        ("replay", "LETTER=x", "LETTER='x' cannot be used: it must be a whole number"),
        ("replay", "LETTER=", "LETTER is missing, for example LETTER=3"),
        ("bench", "ROUNDS=x", "ROUNDS='x' cannot be used"),
        ("bench", "CASES=x", "CASES names no case x"),
        ("chaos", "MINUTES=x", "MINUTES='x' cannot be used"),
        ("chaos", "SEED=x", "SEED='x' cannot be used"),
        ("unit-costs", "HOURS=x", "HOURS='x' cannot be used"),
        ("outages", "OUTAGE_SECONDS=x", "OUTAGE_SECONDS='x' cannot be used"),
    ],
)
def test_every_other_variable_is_judged_before_anything_starts(
    tmp_path: Path, goal: str, variable: str, problem: str
) -> None:
    done = make(goal, variable, f"DATA={tmp_path}")
    assert done.returncode != 0
    assert problem in done.stdout + done.stderr
