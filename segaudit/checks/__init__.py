"""One file a check; found by folder."""
