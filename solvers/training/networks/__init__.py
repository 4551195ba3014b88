"""The networks that are trained, written plainly; every weight is drawn from a stream that is given."""
