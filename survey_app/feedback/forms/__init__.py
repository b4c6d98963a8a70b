"""Input of the feedback desk, checked and refused beside the field."""
