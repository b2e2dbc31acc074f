"""Read-only questions across apps."""
