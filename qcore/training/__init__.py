"""From public data to trained weights."""
