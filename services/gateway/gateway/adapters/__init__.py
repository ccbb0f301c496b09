"""The gateway's ways in and out: HTTP around Litestar, S3, and NATS."""
