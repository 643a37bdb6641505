"""The account at IBM Quantum: where its credentials come from, and what to say where there are none."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

HOW_TO_CONNECT = (
    "To run on a real processor, create an API key and an instance on the IBM Quantum Platform (the Open Plan is "
    "free), put them into the environment as QISKIT_IBM_TOKEN and QISKIT_IBM_INSTANCE or under the same names into "
    ".streamlit/secrets.toml, and start Qlinical again. "
    "Until then nothing is sent to IBM; the rehearsal on a simulated processor needs no account."
)
DEFAULT_CHANNEL = "ibm_quantum_platform"


@dataclass(frozen=True)
class Credentials:
    """What opens an account; kept in memory only, never saved to a file.

    Attributes:
        token: API key of the account.
        instance: cloud resource name (CRN) or name of the instance; None lets IBM choose, free plans first.
        channel: IBM's name of the platform that the account is on.
    """

    token: str = field(repr=False)
    instance: str | None = None
    channel: str = DEFAULT_CHANNEL


def from_environment(secrets: Mapping[str, object] | None = None) -> Credentials | None:
    """Read QISKIT_IBM_TOKEN, QISKIT_IBM_INSTANCE and QISKIT_IBM_CHANNEL; None where there is no token.

    Args:
        secrets: more places to look, such as Streamlit's secrets; the environment comes first.
    """

    def value(name: str) -> str | None:
        setting = os.environ.get(name) or (secrets or {}).get(name)
        return str(setting).strip() or None if setting else None

    token = value("QISKIT_IBM_TOKEN")
    if token is None:
        return None
    return Credentials(token, value("QISKIT_IBM_INSTANCE"), value("QISKIT_IBM_CHANNEL") or DEFAULT_CHANNEL)
