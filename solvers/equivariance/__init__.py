"""Circular convolution and shifted images: ``images``, the ``exact`` symmetry argument, its ``oracle``, ``wrong``."""
