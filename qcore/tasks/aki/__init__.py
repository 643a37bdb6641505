"""Acute kidney injury in the next 24 hours, from the first day of intensive care."""
