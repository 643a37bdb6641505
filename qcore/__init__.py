"""Everything that computes: circuits, backends, models, tasks, evidence. Knows no browser."""
