"""What a trainer does not take of an archive. Pure."""
