"""Calibrated device noise as exact linear maps: fast, batched, differentiable.

How it works. After transpiling to a device the only gates whose angle is not fixed are RZ rotations, which are virtual
and noiseless. Observables are pulled back through the circuit as sums of Pauli strings: a fixed noisy stretch maps
strings to strings by real matrices, and an RZ turns X and Y of its qubit into each other. Only the strings that an
observable reaches are kept (its light cone), rotations that follow each other become phases ``exp(i k . angle)``, and
what lies between two layers of them is one real matrix. A batch is then a few matrix products.

What it costs. One run of ``python -m tests.benchmarks.noise --only scaling`` (two shared cores, float32, FakeFez), µs
a patient, forward only; a bar of ten cells more is ten times slower::

    qubits x layers  batch  forward
              1 x 3   1024     0.12  █
              4 x 3   1024     1.08  ██████████
              8 x 3   1024     2.96  ███████████████
              9 x 3   1024     3.53  ███████████████

              4 x 1   1024     0.18  ██
              4 x 3   1024     1.08  ██████████
              4 x 5   1024     3.00  ███████████████
              4 x 6   1024     7.89  ███████████████████
              4 x 9   1024     30.2  █████████████████████████

              8 x 1     64     5.07  █████████████████
              8 x 3     64     20.1  ███████████████████████
              8 x 4     64     51.1  ███████████████████████████
              8 x 5     64     1941  ███████████████████████████████████████████

              4 x 3      1      122  ███████████████████████████████
              4 x 3     16     36.7  ██████████████████████████
              4 x 3    256     1.72  ████████████
              4 x 3   4096     0.62  ████████

- Qubits: linear, since the entangler is a chain and three layers let an observable reach a few neighbours only.
- Layers: the strings multiply until all 4^n are in use. At 4 qubits there are 256, and from 7 layers on the cost grows
  linearly. At 8 qubits this happens at the fifth layer: all 65,536 strings are then moved through every gate, in blocks
  of up to three qubits, and memory traffic is the limit; a tensor network with a searched order of contraction is
  three times as fast there.
- Batch: for one patient nearly all the time goes into calling torch, not into arithmetic; from some 1,000 on the
  matrix products are all there is.
- Gradients cost about three times the forward run.
"""
