"""The client for asyncio, made of `cuecutter.blocking` by `client/make_awaiting.py`."""
