"""The gateway's view of datasets: lives in the stream, rows in the catalog, over one connection to NATS."""
