"""Prove every key: many variants of every problem, and the checks themselves by faults put in on purpose."""
