"""Networks that read signals of several channels, such as the leads of an electrocardiogram."""
