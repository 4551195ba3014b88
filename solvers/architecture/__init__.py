"""Layer by layer through a small network: ``layers``, ``exact`` counts, their ``oracle``, and ``wrong``."""
