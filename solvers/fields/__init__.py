"""Receptive fields, and what a downsampling layer does to them and to the work: ``exact``, ``oracle``, ``wrong``."""
