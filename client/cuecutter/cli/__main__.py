"""`python -m cuecutter.cli` is `cuecutter`."""

from cuecutter.cli.main import main

if __name__ == "__main__":
    main()
