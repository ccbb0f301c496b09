"""What a recording is and how long it is, found by its bytes."""
