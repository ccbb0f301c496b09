"""The segmenter's I/O: recordings, decoders, slices."""
