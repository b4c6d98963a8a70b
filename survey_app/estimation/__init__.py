"""Pure design-based survey statistics: arrays in, frozen results out.

Owns no table and knows no other room, web, database or clock. Callers import from the modules:

`design`     what was drawn: weights, strata, PSUs of one or more stages, finite populations, lonely-PSU rule
`variance`   Taylor-linearised covariance of weighted totals, degrees of freedom
`means`      means, totals, proportions and ratios with domains and missing answers
`estimates`  their results: joint covariance, design effects, linear contrasts
`intervals`  confidence intervals of proportions, and the one chosen for display
`composite`  composite indices (any linear recipe of item means), for all and for many domains at once

`codes`, `cells` and `node_sums` are their groundwork; every refusal is a `codes.UnableToEstimate`. `results`
asks for indices. Conventions are those of R's survey package, whose figures the tests hold.
"""
