"""Real servers for tests, started from the project's own packages as direct children that die with the test process.

`container_servers` offers the same three classes in Docker. A server that does not come up fails the test.
"""

import secrets
import time
from pathlib import Path

from bus import accounts
from stack import nats, ports, postgres, s3
from stack.children import Child, Spec
from stack.progress import tail

START_SECONDS = 60.0


class Server:
    """`folder` holds its data and its log; the port is chosen once and kept over restarts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = ports.choose()
        self._child: Child | None = None

    def spec(self) -> Spec:
        raise NotImplementedError

    def start(self) -> None:
        """Starts it, or starts it again on the same data, and waits until it answers."""
        spec = self.spec()
        log = self.folder / f"{spec.name}.log"
        self._child = Child(spec, log, str(self.folder))
        deadline = time.monotonic() + START_SECONDS
        while not spec.answers():
            assert not self._child.has_ended(), f"{spec.name} died:\n{tail(log)}"
            assert time.monotonic() < deadline, f"{spec.name} does not answer:\n{tail(log)}"
            time.sleep(0.01)

    def kill(self) -> None:
        """kill -9: nothing is flushed, nobody is told."""
        if self._child is not None:
            self._child.kill()
            self._await_end(self._child)

    def stop(self) -> None:
        """In order: what the server holds in memory reaches the disk."""
        if self._child is not None:
            self._child.ask_to_stop()
            self._await_end(self._child)

    def close(self) -> None:
        """The end of its use."""
        self.stop()

    def _await_end(self, child: Child) -> None:
        deadline = time.monotonic() + child.spec.stop_seconds
        while not child.has_ended():
            if time.monotonic() > deadline:
                child.kill()
            time.sleep(0.01)


class PostgresServer(Server):
    """Loses its data with the machine's power: nobody needs a test's data then."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._password = secrets.token_hex(20)

    def spec(self) -> Spec:
        cluster = self.folder / "postgres"
        run_as = postgres.prepare(cluster, self._password, durable=False)
        return postgres.spec(cluster, self.port, run_as, durable=False)

    def url(self, database: str = postgres.DATABASE) -> str:
        return postgres.url(self.port, self._password, database)


class S3Server(Server):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._access_key, self._secret_key = secrets.token_hex(10), secrets.token_hex(20)

    def spec(self) -> Spec:
        return s3.spec(self.folder / "s3", self.port, access_key=self._access_key, secret_key=self._secret_key)

    def environment(self, bucket: str) -> dict[str, str]:
        """As a service gets it."""
        return {
            "AWS_ACCESS_KEY_ID": self._access_key,
            "AWS_SECRET_ACCESS_KEY": self._secret_key,
            "AWS_REGION": s3.REGION,
            "AWS_ENDPOINT_URL_S3": s3.url(self.port),
            "S3_BUCKET_NAME": bucket,
        }


class NatsServer(Server):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._passwords = {user: secrets.token_hex(20) for user in accounts.USERS}

    def spec(self) -> Spec:
        return nats.spec(self.folder / "nats", self.port, self._passwords)

    def url(self, user: str) -> str:
        """With the user's own password; the users are those of `bus.accounts`."""
        return nats.url(user, self.port, self._passwords[user])

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid
