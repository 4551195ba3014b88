"""Pointwise (1x1) convolutions and scalings: ``layers``, ``forms``, ``exact``, its ``oracle``, and ``wrong``."""
