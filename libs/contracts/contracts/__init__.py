"""Everything Cuecutter's services agree on: events, subjects, object keys, queries and the life of a dataset.

Pure values and pure functions; nothing here does I/O, reads a clock or draws an id.
"""
