"""Shapes and parameter counts of convolution and pooling layers: ``exact``, its ``oracle``, and ``wrong``."""
