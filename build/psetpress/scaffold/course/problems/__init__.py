"""What is asked: one file a problem, and this list of them. The shipped problems come on top."""

PROBLEMS = ("dense_parameters",)
"""A problem is found under its name in ``problems/`` and in ``templates/problems/``."""
