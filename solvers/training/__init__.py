"""Training experiments, and the results that were recorded of them."""
