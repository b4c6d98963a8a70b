"""Units of the administration, their one-stop offices and counters, and the public codes that lead to them.

Owns the tables `units`, `unit_names`, `offices`, `service_points` and `public_codes`; for its staff pages also
`qr_checks` (who looked at a code on the wall), `office_imports` (a list waiting for a word), `poster_jobs` and
`poster_files` (prints of many posters). Campaigns asks which offices lie below a unit; responses asks what a public
code stands for (`queries.entry_point`).
"""
