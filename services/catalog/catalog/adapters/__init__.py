"""Postgres and the stream, as the catalog uses them."""
