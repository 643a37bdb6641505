"""Where circuits run: the selector with its settings, jobs on processors, and what ran."""
