"""Classification: what AKI, tumours, ECG diagnoses and the image benchmarks share.

A question (`question.Question`) is answered by families of models (`qcore.models.families`); one family and one
question make an entry. A trained entry is one `model.Model`: members from several seeds, averaged and calibrated,
beside classical controls. `store` keeps it, `qcore.training.classification` trains and measures it, and what was
measured is one `qcore.evidence.evaluation.Evaluation`, from which its card is written.

Everything is ``(n, n_labels)``: log odds, probabilities, outcomes. A yes/no question has one label; labels of which any
number may hold are `labels.Independent`, each with a threshold; kinds of which exactly one holds are
`labels.Exclusive`, of which the most probable is given and which are measured together as well
(`qcore.evidence.kinds`). These two classes are the only code that tells them apart.

To add a question:

1. Describe it as a `question.Question`: its labels, in which forms a case is shown (`question.Form`: the shape and what
   prepares it for a network), which family is released, on what it was trained. A clinical question lies in its own
   folder of `qcore.tasks`, as `qcore.tasks.aki.question`.
2. List it in `qcore.tasks.questions`.
3. Write what reads its cases, split by split, and list it in `qcore.training.classification.cases.READERS`.
4. Say how it is trained in `qcore.training.classification.recipes`.
5. Name it in `qcore.cli.classification.QUESTIONS`, whose help needs no library (a test compares the two lists).

Made-up questions of both kinds go through all of it in `tests/training/test_several_labels.py`. Then
``qlinical train``, ``evaluate`` and ``study`` know the new one; a page loads it by `store.load` and asks it by
`model.Model.probabilities`.
"""
