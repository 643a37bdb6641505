"""qlinical parity: do all backends agree?"""

import json

import typer
from rich.table import Table

from qcore.cli.console import AsJson, err, out


def parity(as_json: AsJson = False) -> None:
    """Compare the backends on random circuits of 1 to 9 qubits with PennyLane and Qiskit Aer (about two minutes)."""
    from qcore.parity.checks import checks

    results = []
    with err.status("comparing") as status:
        for check in checks():
            results.append(check)
            status.update(f"compared {len(results)}: {check.name}")
    if as_json:
        rows = [{"name": c.name, "value": c.value, "limit": c.limit, "ok": c.ok} for c in results]
        print(json.dumps({"checks": rows}, indent=2))  # noqa: T201 - for other programs
    else:
        table = Table("comparison", "difference", "limit", "")
        for check in results:
            table.add_row(check.name, f"{check.value:.1e}", f"{check.limit:g}", "ok" if check.ok else "[red]no[/]")
        out.print(table)
    if not all(check.ok for check in results):
        raise typer.Exit(1)
