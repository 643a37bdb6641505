"""What a circuit is: the gates it queues and the observables it measures (PennyLane)."""

from qcore.circuits.circuit import Circuit, Gate, depth, gates
from qcore.circuits.reuploading import reuploading

__all__ = ["Circuit", "Gate", "depth", "gates", "reuploading"]
