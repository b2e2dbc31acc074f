"""Logs and diagnostics: asked for, and followed until the file is here."""
