"""Reads of the results room: the figures of a campaign as they stand, and stored runs."""
