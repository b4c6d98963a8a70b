"""From design weights to final weights, one step after the other, each with a report.

`base_weights`       weights from inclusion probabilities or from population and sample counts
`nonresponse`        the weight of those who did not answer goes to the respondents of their class
`poststratification` weights that add up to the known total of every class
`raking`             weights that add up to the known totals of several margins
`calibration`        weights that reproduce known totals of any variables, with bounds (linear, raking, logit)
`trimming`           no weight below or above given bounds
`report`             what a step did: iterations, misfit, range of the factors, loss of precision, empty classes

A step is built once from columns and totals (`PostStratification.create`, `Raking.create`, ...) and then
adjusts arrays of weights (`step.adjust`) or designs of either kind (`steps.apply_step`; shorter `poststratify`,
`rake`, `calibrate`, `trim`). Replicate weights take every step of their own. A step that cannot be made exactly
is refused with the class or column at fault and the remedy. `classes` encodes classes and their totals.
"""
