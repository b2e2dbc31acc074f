"""Issuers: who bills, under which numbers, for which sites."""
