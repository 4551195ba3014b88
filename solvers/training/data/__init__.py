"""Data sets: scikit-learn's digits, MNIST, CIFAR-10 and CIFAR-100, as arrays with the label that results print."""

from solvers.training.data.sets import Images, Missing, Unusable, load

__all__ = ["Images", "Missing", "Unusable", "load"]
