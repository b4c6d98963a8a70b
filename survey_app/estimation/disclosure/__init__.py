"""Disclosure control of tables of counts: no published figure, and no difference of some, is a small group.

`tables`       figures as sums over disjoint groups of respondents: nested and crossed tables, overlapping domains
`audit`        what a reader can work out from the published figures: cells that can be solved or bounded
`suppression`  which cells to hide: the small ones, and the cheapest others that protect them

A count is small when it is from 1 to one below the minimum. Zero counts are shown: an empty cell describes
nobody. A reader is taken to know which cells a table has, and that counts are whole numbers, not negative.

    table = tables.nested_table({"place": (province, commune), "answer": (answer,)})
    hidden = suppression.suppress(table, minimum=10).hidden
"""
