"""Places, who works there, and the only computation of scope."""
