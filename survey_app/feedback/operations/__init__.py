"""Writes of the feedback desk."""
