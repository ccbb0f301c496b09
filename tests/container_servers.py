"""The same servers as `embedded_servers`, in Docker through testcontainers: for machines that have Docker anyway.

Chosen by TEST_SERVERS=containers. The images are those of compose.yaml. Where testcontainers' own image, Ryuk, cannot
be fetched, set TESTCONTAINERS_RYUK_DISABLED=true; a run that is killed then leaves its containers behind.
"""

import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from testcontainers.core.container import DockerContainer

from bus import accounts
from stack import nats, ports, postgres, private_files, probes, s3
from stack.ports import HOST

START_SECONDS = 120.0  # an image may have to be fetched


class Server:
    """A fixed host port, because Docker would draw a new one at every restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = ports.choose()
        self._container: DockerContainer | None = None

    def container(self) -> DockerContainer:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        if self._container is None:
            self._container = self.container().start()
        else:
            self._container.get_wrapped_container().start()
        _wait_until(self.answers)

    def kill(self) -> None:
        if self._container is not None:
            self._container.get_wrapped_container().kill("SIGKILL")
            self._container.get_wrapped_container().wait()

    def stop(self) -> None:
        if self._container is not None:
            self._container.get_wrapped_container().stop()

    def close(self) -> None:
        if self._container is not None:
            self._container.stop()


class PostgresServer(Server):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._password = secrets.token_hex(20)

    def container(self) -> DockerContainer:
        names = {"POSTGRES_USER": postgres.USER, "POSTGRES_PASSWORD": self._password}
        return _published("postgres:18", 5432, self.port).with_envs(**names, POSTGRES_DB=postgres.DATABASE)

    def answers(self) -> bool:
        # During its first start the image runs a server without TCP; what answers on the port is the final one.
        return postgres.answers(self.port)

    def url(self, database: str = postgres.DATABASE) -> str:
        return postgres.url(self.port, self._password, database)


class S3Server(Server):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._access_key, self._secret_key = secrets.token_hex(10), secrets.token_hex(20)

    def container(self) -> DockerContainer:
        bare = _published("rclone/rclone:1.75.2", 8080, self.port).with_envs(
            RCLONE_AUTH_KEY=f'"{self._access_key},{self._secret_key}"'
        )
        return bare.with_command(["serve", "s3", "--addr", ":8080", *s3.OPTIONS, "/data"])

    def answers(self) -> bool:
        return probes.http(self.port)

    def environment(self, bucket: str) -> dict[str, str]:
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

    def container(self) -> DockerContainer:
        config = self.folder / "server.conf"
        text = accounts.server_config(port=4222, store_dir="/data", passwords=self._passwords, host="0.0.0.0")
        private_files.write(config, text)
        # In the same folder as the embedded server's, owned by us: a test may put a backup in its place.
        store = self.folder / "nats" / "store"
        store.mkdir(parents=True, exist_ok=True)
        bare = _published("nats:2.15-alpine", 4222, self.port).with_kwargs(user=f"{os.getuid()}:{os.getgid()}")
        bare = bare.with_volume_mapping(str(store), "/data", "rw")
        return bare.with_volume_mapping(str(config), "/server.conf", "ro").with_command("-c /server.conf")

    def answers(self) -> bool:
        return probes.greets(self.port, b"INFO ")

    def url(self, user: str) -> str:
        return nats.url(user, self.port, self._passwords[user])

    @property
    def pid(self) -> int:
        """As the host sees it, which is where the tests run; signalling it takes the rights of root."""
        assert self._container is not None
        running = self._container.get_wrapped_container()
        running.reload()
        return int(running.attrs["State"]["Pid"])


def _published(image: str, inside: int, port: int) -> DockerContainer:
    """testcontainers' own `with_bind_ports` would publish the port on every interface of the machine."""
    described = DockerContainer(image)
    published: dict[str, Any] = described.ports  # handed to Docker's client as it is
    published[str(inside)] = (HOST, port)
    return described


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "the container does not answer"
        time.sleep(0.05)
