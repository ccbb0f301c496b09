"""What a decoder that broke out would look for first: the keys in the environment and memory of its segmenter."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from segmenter.decoding import kernel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux' own")

# Root's processes are closed to whoever has fewer rights anyhow: both sides are a user like any other, and as readable
# as a process is that was started by one.
AS_A_USER = (
    "import os, sys\n"
    "from segmenter.decoding import kernel\n"
    "def become_a_user():\n"
    "    if os.geteuid() == 0:\n"
    "        os.setgroups([])\n"
    "        os.setresgid(65534, 65534, 65534)\n"
    "        os.setresuid(65534, 65534, 65534)\n"
    f"    kernel.prctl({kernel.PR_SET_DUMPABLE}, 1)\n"
)
SEGMENTER = (
    "from runtime.metrics import REGISTRY\n"
    "from segmenter import app, settings\n"
    "def serve(**_):\n"
    "    print(REGISTRY.get_sample_value('process_open_fds'), flush=True)\n"
    "    sys.stdin.read()\n"
    "app.serve = serve\n"
    "urls = dict.fromkeys(('NATS_URL', 'NATS_PURGE_URL'), 'nats://127.0.0.1:1')\n"
    "store = dict.fromkeys(('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'S3_BUCKET_NAME'), 'xyz')\n"
    "given = settings.load({'AWS_ENDPOINT_URL_S3': 'http://127.0.0.1:1', **urls, **store})\n"
    "become_a_user()\n"
)
READER = (
    "become_a_user()\n"
    "for name in ('environ', 'maps', 'mem'):\n"
    "    try:\n"
    "        open(f'/proc/{sys.argv[1]}/{name}', 'rb').close()\n"
    "        print(name, 'open')\n"
    "    except PermissionError:\n"
    "        print(name, 'refused')\n"
)


@contextmanager
def serving(script: str) -> Iterator[tuple[int, str]]:
    """The pid of a process, and the first line it says."""
    with subprocess.Popen(
        [sys.executable, "-c", AS_A_USER + SEGMENTER + script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield process.pid, process.stdout.readline().strip()
        process.communicate("")


def read(pid: int) -> list[str]:
    command = [sys.executable, "-c", AS_A_USER + READER, str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_no_process_of_its_user_reads_its_environment_or_memory() -> None:
    with serving("app.run(given)") as (pid, open_files):
        assert read(pid) == ["environ refused", "maps refused", "mem refused"]
    assert float(open_files) >= 3  # its own figures, out of /proc/self, are open to it


def test_any_other_process_of_the_user_can_be_read() -> None:
    """The control."""
    with serving("serve()") as (pid, _):
        assert read(pid)[0] == "environ open"
