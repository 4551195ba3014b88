"""Dropout: the moments of what a unit computes from masked activations."""
