"""Pure decisions about one submission: which answers count, how they are coded, what looks suspicious."""
