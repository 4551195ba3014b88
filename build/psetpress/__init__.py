"""psetpress: problem sets for deep-learning courses, with keys that are proved."""

__version__ = "0.1.0"
