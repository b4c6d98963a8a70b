"""Units of the administration, their one-stop offices and counters, and the public codes that lead to them.

Owns the tables `units`, `unit_names`, `offices`, `service_points` and `public_codes`. Campaigns asks which
offices lie below a unit; responses asks what a public code stands for (`queries.entry_point`).
"""
