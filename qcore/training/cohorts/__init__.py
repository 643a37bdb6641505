"""Readers that turn public data sets into cohorts with inputs and labels."""
