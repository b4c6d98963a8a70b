"""Files that bring responses in."""
