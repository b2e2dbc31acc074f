"""What changes stations. One module per family of use cases."""
