"""Population models of concentration and response: one mechanism, and how people differ in it (mixed effects)."""
