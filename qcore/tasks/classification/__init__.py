"""Classification questions on which every family of models is trained and measured beside its control."""
