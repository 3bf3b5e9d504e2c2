"""Tables that the user asks a fit for.

- `functions`: what a transform and a hypothesis may compute
- `choose`: the numbers that are summarised, and their transforms
- `draws`: one column per number
- `hypotheses`: probabilities and evidence ratios of statements about the parameters
- `groups`: standard deviations and levels of group-specific terms
- `publish`: the summary in LaTeX, Markdown, HTML and Typst
- `priors`: every prior, who chose it, and where it holds
"""
