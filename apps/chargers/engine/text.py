"""Text from chargers, made fit for storing."""

NUL = "\x00"
REPLACEMENT = "\ufffd"


def clip(text: str, length: int) -> str:
    """``text`` cut to ``length`` characters, its NULs (which PostgreSQL cannot store) replaced by U+FFFD."""
    return (text.replace(NUL, REPLACEMENT) if NUL in text else text)[:length]
