"""How often intervals hold the truth, situation by situation and method by method.

`tally`             counts and prints
`small_samples`     shares near 1 from 30 to 200 answers: exactly for simple random samples, simulated for clusters
`national_samples`  stratified three-stage samples of the synthetic population of service users
`shipped_form`      the product's own way from stored codes to the overall index
"""
