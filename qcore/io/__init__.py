"""Hostile bytes in, typed records out: what is common to the readers of all tasks."""
