"""Batch normalization (Ioffe & Szegedy 2015, Algorithm 1): ``exact``, its ``oracle``, and ``wrong``."""
