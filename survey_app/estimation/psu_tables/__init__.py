"""PSU tables: answers once reduced to weighted histograms per PSU and item, then estimated from these alone.

`exact_weights`  weights as whole numbers, so that sums do not depend on the order of addition
`histograms`     one pass over a block of answers
`tables`         the table: build, add, merge, store
`readers`        tables from chunks of rows in bounded memory
`parquet`        tables from Parquet files (optional extra `analytics`)
`estimates`      means, shares, totals, quantiles and composite indices with linearised errors
`domains`        the same means for many domains at once
`replicates`     replicate means from PSU-level replicate factors

After the one pass, time and memory depend on the number of PSUs and items, never on the number of answers.
"""
