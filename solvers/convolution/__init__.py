"""Convolution in one and two dimensions: ``exact``, its ``oracle``, and ``wrong``."""
