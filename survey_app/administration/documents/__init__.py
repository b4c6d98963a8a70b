"""Words and files that these screens show."""
