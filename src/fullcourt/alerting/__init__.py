"""Where alerts go: the channels, one message over one of them, and what is on its way."""
