"""One module a format: decoded text with LF line ends to cues. `reading` knows which module reads what."""
