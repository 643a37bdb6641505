"""The clinical questions, one folder each."""
