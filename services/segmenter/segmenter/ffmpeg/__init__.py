"""FFmpeg's libraries, as the decoder process uses them. Blocking."""
