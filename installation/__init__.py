"""Sets up .venv from the locks, before anything of it is there: this package needs Python's standard library only.

`python3 -m installation run` installs what the system needs to run, `python3 -m installation dev` what tests and lint
need on top. It uses uv, from its package, and pip where uv cannot be had. Afterwards every package is the one of the
lock, checked by its hash.
"""
