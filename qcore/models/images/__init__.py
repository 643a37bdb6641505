"""Model parts for images: convolutions before, around and beside circuits."""
