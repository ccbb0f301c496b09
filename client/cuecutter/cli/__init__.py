"""The command line: from a folder of recordings to a folder that a trainer loads. `main.py` has the commands."""
