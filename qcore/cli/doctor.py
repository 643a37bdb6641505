"""qlinical doctor: is everything in place?"""

import json
from typing import Annotated

import typer

from qcore.cli.console import AsJson, out

DEFAULT_PORT = 8501


def doctor(
    port: Annotated[int, typer.Option(help="Port the dashboard will use.", envvar="PORT")] = DEFAULT_PORT,
    as_json: AsJson = False,
) -> None:
    """Check versions, weights, data, database and port; say what to do about what is wrong."""
    from qcore.doctor import checks

    results = checks(port)
    if as_json:
        rows = [{"name": c.name, "ok": c.ok, "required": c.required, "message": c.message} for c in results]
        print(json.dumps({"checks": rows}, indent=2))  # noqa: T201 - for other programs
    else:
        for check in results:
            mark = "[green]ok[/]" if check.ok else "[red]no[/]" if check.required else "[yellow]--[/]"
            out.print(f"{mark}  [bold]{check.name}[/]: ", end="")
            out.print(check.message, markup=False, highlight=False)
    if any(check.required and not check.ok for check in results):
        raise typer.Exit(1)
