"""A change of a fit that keeps its formula: read (`read`, `priors`), and applied to model and program (`apply`)."""
