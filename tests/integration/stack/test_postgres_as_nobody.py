"""Where the kernel forbids user namespaces, root runs Postgres as nobody. Only root can try that: see conftest.py."""

import os
import sys
from pathlib import Path

import pytest

from stack import postgres
from stack.children import complete
from stack.errors import NoOrdinaryUser
from tests.embedded_servers import PostgresServer
from tests.stacks import processes_of, wait_until


def test_where_namespaces_are_forbidden_it_runs_as_nobody_and_back(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    server.stop()
    cluster = server.folder / "postgres"
    run_as = postgres.as_nobody(server.folder)
    with monkeypatch.context() as patched:
        patched.setattr(postgres, "choose_user", lambda _folder: run_as)
        server.start()
        assert cluster.stat().st_uid == 65_534
        assert {os.stat(f"/proc/{pid}").st_uid for pid in processes_of(server.folder)} == {65_534}
        server.stop()

    server.start()

    assert cluster.stat().st_uid == 0
    server.stop()


def test_a_folder_that_nobody_can_enter_is_explained(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(NoOrdinaryUser, match=r"is closed to the user nobody") as refusal:
        postgres.as_nobody(closed / "data")
    assert "ordinary user" in refusal.value.remedy


def test_a_server_that_runs_as_nobody_dies_with_us_too(open_folder: Path) -> None:
    open_folder.chmod(0o777)
    script = (
        "import sys, os; from pathlib import Path; from stack.children import Child, Spec;"
        "folder = Path(sys.argv[1]);"
        "Child(Spec('c', ('sleep', '1000'), {}, lambda: True, user=65534), folder / 'log', str(folder));"
        "os.kill(os.getpid(), 9)"
    )
    complete((sys.executable, "-c", script, str(open_folder)), {"PYTHONPATH": os.pathsep.join(sys.path)})
    wait_until(lambda: not processes_of(open_folder), seconds=5, what="the child to be gone")
