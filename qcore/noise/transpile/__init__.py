"""From a PennyLane circuit to the instructions of a processor, on its best line of qubits."""
