"""The mean of a Bambi model, whose terms are known: E[y | x, held values] from design rows.

- `axes`: one axis of the fan per predictor
- `group`: one per grouping factor, with the effects of its levels
- `frames`: rows of data for Bambi
- `design`: rows of data -> rows of the design matrix
- `expectation`, `variance`: parameters of the family -> mean and variance of the response
- `exposure`: what a rate is a rate of
"""
