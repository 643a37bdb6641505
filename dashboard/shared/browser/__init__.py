"""What our own parts of a page have in common in the browser: elements, icons, the look of controls, one script."""
