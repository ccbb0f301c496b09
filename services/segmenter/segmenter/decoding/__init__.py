"""FFmpeg in a process of its own, and the memory it shares with the segmenter."""
