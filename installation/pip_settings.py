"""How pip is configured on this machine, in the words of uv, which reads none of pip's files and variables.

A machine that reaches its index through pip's configuration is set up by uv all the same. Nothing of it is printed or
stored: it reaches uv in its environment.
"""

import ast
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

# pip's option → uv's variable, and what separates several values there.
_NAMES: Final = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "keyring-provider": ("UV_KEYRING_PROVIDER", ""),
    "cert": ("SSL_CERT_FILE", ""),
    "client-cert": ("SSL_CLIENT_CERT", ""),
    "proxy": ("ALL_PROXY", ""),
    "default-timeout": ("UV_HTTP_TIMEOUT", ""),
    "timeout": ("UV_HTTP_TIMEOUT", ""),
}
_TRUE: Final = ("1", "true", "yes", "on")
# pip: for all commands, for `pip install`, in the environment; a later one wins.
_SECTIONS: Final = ("global", "install", ":env:")


def read(pip: Sequence[str | Path]) -> str:
    """What `pip config list` says; empty where pip refuses, and its own error will come with its own command."""
    asked = [*map(str, pip), "config", "list"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout


def for_uv(listed: str, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Variables for uv from `listed`, the lines of `pip config list`; what is in `given` already is left as it is."""
    wanted = {"UV_NO_PROGRESS": "1"}
    merged = _merged(listed)
    for option, value in merged.items():
        if option in _NAMES:
            name, separator = _NAMES[option]
            wanted[name] = separator.join(value.split()) if separator else value
    if merged.get("no-index", "").lower() in _TRUE:
        wanted["UV_OFFLINE"] = "1"  # what lies in folders is found all the same
    if "UV_INDEX" in wanted:
        # pip takes the best of all its indexes. Safe here: whatever index has it, its hash is in the lock.
        wanted["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {name: value for name, value in wanted.items() if name not in given}


def _merged(listed: str) -> dict[str, str]:
    sections: dict[str, dict[str, str]] = {name: {} for name in _SECTIONS}
    for line in listed.splitlines():
        key, _, quoted = line.partition("=")
        section, _, option = key.rpartition(".")
        if section in sections:
            sections[section][option.replace("_", "-").lower()] = str(ast.literal_eval(quoted))
    return {option: value for name in _SECTIONS for option, value in sections[name].items()}
