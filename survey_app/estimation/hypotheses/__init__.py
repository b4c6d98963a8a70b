"""Design-based tests, comparisons of many units, change between waves, and ranks.

`ttest`            one mean against a value, two groups, two domains
`association`      Rao-Scott and Wald tests of a two-way table
`goodness_of_fit`  one column against given shares
`quadratic_forms`  tail probabilities of sums of chi-squares, which those tests need
`rank_tests`       Wilcoxon, Kruskal-Wallis, van der Waerden and median tests
`regression`       linear and logistic regression
`multiplicity`     p-values of many tests at once: Holm, Benjamini-Hochberg
`comparisons`      many units: all pairs, each against a reference
`waves`            change and trend between waves that share PSUs
`ranks`            confidence intervals of ranks
`bands`            groups of units that cannot be told apart
"""
