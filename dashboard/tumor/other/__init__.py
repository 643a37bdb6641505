"""The other image models on the tumour page: breast ultrasound, chest X-ray, and the shape of the adrenal gland."""
