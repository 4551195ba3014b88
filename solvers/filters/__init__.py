"""Hand-designed image filters, averaging and Laplacian: ``exact``, its ``oracle``, and ``wrong``."""
