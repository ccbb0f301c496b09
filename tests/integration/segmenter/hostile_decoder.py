"""A decoder process that a file has taken over: instead of measuring, it tries what an attacker would, and tells.

What it finds when it starts, and what came of each try: "done", or the name of the error. CUECUTTER_WITHOUT names
guards that this "system" does not have, CUECUTTER_PORT a port where somebody listens.
"""

import ctypes
import errno
import json
import os
import socket
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from segmenter.decoding import child, sandbox
from segmenter.domain.errors import UnsupportedAudio

_SECRET = b"known to the parent"
_PTRACE_SEIZE = 0x4206  # which does not stop it
_libc = ctypes.CDLL(None, use_errno=True)
_parent = os.getppid()
_address = ctypes.addressof(ctypes.create_string_buffer(_SECRET))
_buffer = ctypes.create_string_buffer(16)
_found = {"environment": dict(os.environ), "descriptors": sorted(map(int, os.listdir("/proc/self/fd")))}


class _Piece(ctypes.Structure):
    _fields_ = (("address", ctypes.c_void_p), ("length", ctypes.c_size_t))


def _call(name: str, *arguments: Any) -> int:
    result: int = getattr(_libc, name)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result


def _file(path: str) -> Callable[[], object]:
    return lambda: os.open(path, os.O_RDONLY)


def _connect(family: socket.AddressFamily, address: Any) -> None:
    with socket.socket(family) as ours:
        ours.connect(address)


def _fork() -> None:
    if _call("fork") == 0:
        os._exit(0)


def _another_program() -> None:
    """In a process of its own where there can be one, because this one still has to tell of it."""
    pid = _libc.fork()
    if pid <= 0:
        number = _libc.execve(b"/bin/true", (ctypes.c_char_p * 1)(), (ctypes.c_char_p * 1)()) and ctypes.get_errno()
        if pid < 0:
            raise OSError(number, "execve")
        os._exit(number)
    if number := os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise OSError(number, "execve")


def _executable_memory() -> None:
    _libc.mmap.restype = ctypes.c_ssize_t
    _call("mmap", None, ctypes.c_size_t(4096), 4 | 2, 0x22, -1, ctypes.c_long(0))


def _thread() -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()


def _read_memory() -> None:
    here, there = _Piece(ctypes.addressof(_buffer), 1), _Piece(_address, 1)
    _call("process_vm_readv", _parent, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)


_TRIES: dict[str, Callable[[], object]] = {
    "parent's environment": _file(f"/proc/{_parent}/environ"),
    "parent's memory": _file(f"/proc/{_parent}/mem"),
    "parent's memory by call": _read_memory,
    "tracing the parent": lambda: _call("ptrace", _PTRACE_SEIZE, _parent, None, None),
    "a file": _file("/etc/passwd"),
    "a new file": lambda: os.open("/tmp", os.O_TMPFILE | os.O_WRONLY),
    "a connection": lambda: _connect(socket.AF_INET, ("127.0.0.1", int(os.environ["CUECUTTER_PORT"]))),
    "an abstract socket": lambda: _connect(socket.AF_UNIX, f"\0cuecutter-{os.environ['CUECUTTER_PORT']}"),
    "a signal to the parent": lambda: _call("kill", _parent, 0),
    "a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "nameless memory": lambda: _call("memfd_create", b"x", 0),
    "a user namespace": lambda: _call("unshare", 0x10000000),
    "a ring of calls": lambda: _call("syscall", 425, 1, ctypes.byref(ctypes.create_string_buffer(120))),
    "the parent's descriptors": lambda: _call("syscall", 438, _call("syscall", 434, _parent, 0), 0, 0),
    "executable memory": _executable_memory,
    "a process": _fork,
    "another program": _another_program,
    "a thread": _thread,
}


def main() -> None:
    for name in filter(None, os.environ["CUECUTTER_WITHOUT"].split(",")):
        sandbox.GUARDS[name] = _absent
    child.measure = _try_everything  # type: ignore[attr-defined]
    child.main()


def _absent() -> None:
    raise OSError(errno.ENOSYS, "not on this system")


def _try_everything(file: object, most_seconds: int, selection: object = None) -> NoReturn:
    if os.environ.get("CUECUTTER_ABORTS"):
        _libc.abort()
    raise UnsupportedAudio(json.dumps({**_found, "tries": {name: _outcome(one) for name, one in _TRIES.items()}}))


def _outcome(one: Callable[[], object]) -> str:
    try:
        one()
    except OSError as refused:
        return errno.errorcode[refused.errno or 0]
    except RuntimeError as refused:
        return str(refused)
    return "done"
