"""What is asked: one file a problem, and this list of them."""

PROBLEMS = (
    "batchnorm_density",
    "batchnorm_contours",
    "fir_convolution",
    "convolution_2d",
    "conv_layer_shapes",
    "pooling_shapes",
    "receptive_field",
    "downsampling",
    "shape_table",
    "circular_equivariance",
)
"""A problem is found under its name in ``problems/`` and in ``templates/problems/``."""
