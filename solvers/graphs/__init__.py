"""Computational graphs of normalization layers: ``exact``, its ``oracle``, and ``wrong``."""
