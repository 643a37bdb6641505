"""Scoring whole cohorts, on one machine or on a Dask cluster."""
