"""How the models of electrocardiograms are trained."""
