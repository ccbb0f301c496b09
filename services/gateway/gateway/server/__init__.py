"""How HTTP/1.1 connections begin and end, and how the process stops. What uvicorn does, and why it is overridden:

`protocol` (a connection)
- uvicorn answers what is not HTTP in plain text. Every error of this API is a problem object, so this one is, too.
- uvicorn waits for the first byte and for the end of the headers without a limit, so silent clients would use up the
  connections. Here a request must have begun within 20 seconds.
- uvicorn hangs up, when it stops, on clients that have connected and not asked yet. They could not know: their first
  request is answered if it comes within a second.
- uvicorn hangs up when a client says that it has sent its last byte (a half-closed connection). Clients that do so
  still read; a request in progress is answered, and a body that ends too early is reported as truncated.

`lingering` (an answer before the end of the body, such as 413)
- uvicorn closes the connection at once. The kernel then resets it while the client is still sending, and the client
  never sees the answer. As nginx with `lingering_close`, the gateway sends the answer, then reads and drops some more.
- A request with both Content-Length and Transfer-Encoding is accepted by uvicorn, with the second. A proxy may have
  believed the first (request smuggling), so it is refused.
- The end of a connection is a message among others in ASGI; inside of the middleware it is the error `ClientGone`.

`server` (the process)
- uvicorn stops listening at SIGTERM. A balancer sends requests until it has seen that `/readyz` is 503, so for
  `DRAIN_SECONDS` the gateway is not ready and serves everything as before.
- After its grace period uvicorn cancels what is still in progress, without an answer. Uploads, which may last for
  hours, are aborted two seconds earlier: their clients get an answer, and what they stored is deleted.
"""
