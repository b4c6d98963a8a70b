"""Requests for estimates as data: a JSON file says what to estimate from which table, and how it was drawn.

`document`   reads and checks the file, key by key; every refusal names the key and the remedy
`keys`       the keys that there are, and what each may hold
`tables`     CSV tables of the survey's answers
`formulas`   the few formulas a request may hold (`y~group`, `I(a-b)~0`)
`designs`    the design that a request describes, with adjusted or replicate weights
`problem`    one request with its table, design, domain and level
`answers`    one function an estimator: a problem in, the fields of its result out
`run`        answers all requests of a file; one that fails does not stop the others
"""
