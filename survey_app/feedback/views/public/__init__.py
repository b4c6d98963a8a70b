"""Doors that citizens use without an account."""
