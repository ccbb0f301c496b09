"""What the gateway decides without doing any I/O: formats by content, form fields, pages."""
