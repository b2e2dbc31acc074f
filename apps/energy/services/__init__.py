"""What energy does, one module per family of use cases."""
