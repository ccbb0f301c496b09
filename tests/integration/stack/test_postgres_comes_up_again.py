"""Postgres comes up again whatever the last attempt left behind."""

import subprocess

from tests.embedded_servers import PostgresServer


def test_a_lock_file_that_names_a_stranger_does_not_keep_postgres_from_starting(server: PostgresServer) -> None:
    server.start()
    server.kill()
    lock_file = server.folder / "postgres" / "postmaster.pid"
    lines = lock_file.read_text().splitlines()
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as stranger:
        # It runs as the same user, so Postgres would believe that it is the server.
        lock_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))

        server.start()

        server.stop()
        stranger.kill()


def test_a_cluster_that_was_made_half_is_made_again(server: PostgresServer) -> None:
    torso = server.folder / "postgres.new"
    torso.mkdir()
    (torso / "PG_VERSION").write_text("18\n")

    server.start()

    assert not torso.exists()
    server.stop()
