"""The errors whose message a user reads: each is a sentence that says what is wrong and what to do."""


class QlinicalError(Exception):
    """Base of every error whose text may be shown to a user as it is."""


class InvalidValue(QlinicalError):
    """A value is missing, impossible or in the wrong unit. The message names it and its range."""


class InvalidArgument(InvalidValue, ValueError):
    """What a program hands over cannot be: its type, shape or range. The message names it and says what is expected."""


class UnsuitableCircuit(QlinicalError, ValueError):
    """A circuit cannot run as it is written. The message says what to write instead."""


class UnsafeDose(QlinicalError):
    """A dose that must not be given came out of a calculation. The message says which, and that it is not shown."""


class UnreadableInput(QlinicalError):
    """A file or pasted text cannot be read. The message names line and column where it can."""


class MissingAsset(QlinicalError):
    """Weights, data or a setting that a command needs are not there. The message says how to get them."""


class HardwareUnavailable(QlinicalError):
    """A processor, its account or a job on it cannot be reached. The message says why and what to do."""


class JobUnfinished(QlinicalError):
    """A hardware job has no result yet; it goes on by itself. The message says how it stands."""


class JobFailed(QlinicalError):
    """A hardware job ended without a result. The message says why."""
