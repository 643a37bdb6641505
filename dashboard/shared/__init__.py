"""What several pages need and what knows no clinical question."""
