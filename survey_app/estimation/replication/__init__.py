"""Replicate weights made from a design: many re-drawn samples whose spread is the sampling variance.

`jackknife`     leave one PSU out: JK1 (no strata), JKn (strata)
`balanced`      half-samples balanced by a Hadamard matrix: BRR, and Fay's milder version
`hadamard`      the matrices
`bootstrap`     re-draw PSUs inside strata: Canty-Davison, Rao-Wu
`rescaled`      Preston's bootstrap of every stage of a multistage design
`kinds`         any of them by its name
`readjustment`  repeat a weight adjustment in every replicate

The result is a `replicates.ReplicateDesign`, which every estimator takes in place of the design. Weights,
scales and degrees of freedom are those of R's survey package, `as.svrepdesign`; random kinds come from a seed.

A design of n rows has replicate weights of n x R numbers. Where PSU totals are enough, make the replicates of a
design with one row a PSU and weights of one: its replicate weights are the factors of the PSUs.
"""

from survey_app.estimation.replication.readjustment import readjusted

__all__ = ["readjusted"]
