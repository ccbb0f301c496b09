"""A multipart body as it arrives, and the objects it becomes."""
