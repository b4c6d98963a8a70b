"""Reads of the feedback desk."""
