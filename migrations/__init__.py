"""What has to be there before a service starts: Postgres's tables, NATS's streams and durables, the bucket.

`python -m migrations` makes what is missing and changes nothing that is right; run it before every release.
"""
