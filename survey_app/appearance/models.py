"""Table of the appearance room."""
