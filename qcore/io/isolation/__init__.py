"""Hostile files are parsed in a child process: its limits, and what it and its parent send each other."""
