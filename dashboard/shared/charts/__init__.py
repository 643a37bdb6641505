"""Charts that several pages draw, and their colours."""
