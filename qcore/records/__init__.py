"""What was done with the tool: the audit trail."""
