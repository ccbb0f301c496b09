"""`python -m manifest` serves."""

import os

from manifest import settings
from manifest.app import run

if __name__ == "__main__":
    run(settings.load(os.environ))
