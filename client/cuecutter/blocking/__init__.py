"""The blocking client. `cuecutter.awaiting` is made of this folder by `client/make_awaiting.py`: change it here."""
