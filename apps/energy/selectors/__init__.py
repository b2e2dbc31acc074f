"""What energy is asked."""
