"""Logistic regression: ``samples``, ``exact``, ``softmax``, ``steps``, the ``oracle``, ``wrong``, and its figures."""
