"""Files that come into the campaigns room."""
