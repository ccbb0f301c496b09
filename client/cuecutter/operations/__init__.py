"""Every call as a generator of steps, for whichever client runs it. Errors are those that the client's methods name."""
