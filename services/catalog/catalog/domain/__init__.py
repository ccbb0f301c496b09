"""Values in, values out: how an event changes a dataset's row."""
