"""Results: index runs, their publication, and the pages and files that the public reads.

Owns the table `index_runs`. A run holds every figure with its interval and how it was made; the same
responses and the same recipe give the same bytes and the same id. What the public sees is a run after
disclosure control (`rules.disclosure`): no figure rests on fewer than 10 responses, and none can be found by
subtraction.
"""
