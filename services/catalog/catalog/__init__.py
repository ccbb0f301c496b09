"""The catalog: a projection of the stream in Postgres, and the replies to what the other services request of it.

Its rows hold nothing that the stream does not say, so `python -m catalog rebuild` can make them again at any time.
"""
