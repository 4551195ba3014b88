"""Logs of small networks that learn scikit-learn's digits, and what can be read off their curves."""
