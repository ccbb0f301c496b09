"""What a person's browser does with the gateway, in a real one."""
