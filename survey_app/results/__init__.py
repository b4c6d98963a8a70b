"""Results: index runs, their publication, and the pages and files that the public reads.

Owns the tables `index_runs`, `public_offices`, `run_steps` (who computed, returned, published) and
`run_requests`. A run holds every figure with its interval and how it was made; the same responses and the same
recipe give the same bytes and the same id. What the public sees is
written once, when a run is published, after disclosure control: no figure rests on fewer than 10 responses and
none can be found by subtraction (`rules.disclosure`), from standard errors (`rules.cells`) or from an earlier
publication (`rules.release`).
"""
