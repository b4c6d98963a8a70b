"""Answers to requests: one function an estimator, a `problem.Problem` in, the fields of its result out."""
