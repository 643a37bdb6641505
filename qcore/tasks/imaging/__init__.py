"""Files of an ultrasound image, a chest X-ray or a segmented gland, asked the questions of the image benchmarks.

The models are those of `qcore.tasks.classification.medmnist`. A file is refused (`known`) or becomes 28 pixels wide as
the data set's images did (`preparation`); then it is answered (`answer`), and where the model looks is shown
(`attention`).
"""
