"""Pure design-based survey statistics: arrays in, frozen results out.

Owns no table and knows no other room, web, database or clock. Callers import from the modules:

how the rows came to be there
    `design`       weights, strata, PSUs of one or more stages, finite populations, lonely-PSU rule
    `replicates`   replicate weights in place of a design; `replication` makes them
    `weighting`    post-stratification, raking, calibration, trimming, non-response, each with a report
    `adjustments`  what such a step does to a variance
what they say
    `means`        means, totals, proportions and ratios with domains and missing answers
    `moments`, `quantiles`, `nonlinear`, `contrasts`    variances, quantiles, functions and differences of them
    `intervals`    confidence intervals of proportions, and the one chosen for display
    `composite`    composite indices (any linear recipe of item means), for all and for many domains at once
    `hypotheses`   tests, comparisons of many units, changes between waves, ranks with their uncertainty
    `psu_tables`   the same figures from small tables that can be added up, for ten million answers
before and after a survey
    `sampling`     draws of samples            `planning`  how many, and which difference could be seen
    `disclosure`   which figures may be shown  `requests`  the command `survey-app estimate`

`codes`, `variance`, `estimates`, `cells` and `node_sums` are the groundwork; every refusal is a
`codes.UnableToEstimate`. Conventions are those of R's survey package, whose figures the tests hold.
"""
