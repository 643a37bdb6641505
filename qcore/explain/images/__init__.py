"""Where in an image a model looks: maps of attention, which are no outlines of a lesion.

Every method takes functions of images and knows no model, and returns an `attention.AttentionMap`.
"""
