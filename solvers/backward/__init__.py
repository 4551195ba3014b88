"""The backward pass of batch normalization at training time: ``exact``, its ``oracle``, and ``wrong``."""
