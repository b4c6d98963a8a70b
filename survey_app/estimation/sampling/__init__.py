"""Drawing probability samples from a frame: arrays in, row numbers and inclusion probabilities out.

`allocation`  a total over strata: proportional, equal, Neyman, power; minimum and take-all strata
`draws`       simple random, systematic, stratified and PPS systematic samples of a frame; people of lists
`multistage`  samples in several stages: units of units, each stage with its own method
`samples`     what was drawn, with probabilities by stage, weights and the design that analyses it
`selection`   the same methods within one list, the groundwork

Every draw takes a seed or a NumPy generator and is the same for the same one. The frame's order is the order
of its lists: sort it first by what a systematic sample shall spread over.

    sample = draws.stratified(frame_province, sizes, seed=20260101)
    answers = interview(sample.rows)
    means.mean(answers, sample.design())
"""
