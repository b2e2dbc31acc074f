"""Customers: who pays, with their vehicles and plans."""
