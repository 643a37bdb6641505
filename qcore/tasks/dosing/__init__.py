"""Doses of a drug for one patient, chosen by what is known of the course of its effect."""
