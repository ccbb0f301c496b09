"""The catalog: a projection of the stream in Postgres, and the answers to what the other services ask of it.

Its rows hold nothing that the stream does not say, so `python -m catalog rebuild` can make them anew at any time.
"""
