"""HTTP/1.1 connections as clients and balancers meet them: how one begins, how it ends, how the process stops."""
