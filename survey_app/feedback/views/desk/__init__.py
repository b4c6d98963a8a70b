"""Doors of the desk, for signed-in staff."""
