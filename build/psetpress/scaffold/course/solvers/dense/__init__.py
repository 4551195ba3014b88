"""Fully connected layers: ``exact``, its ``oracle``, and ``wrong``."""
