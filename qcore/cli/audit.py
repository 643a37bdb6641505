"""qlinical audit: the audit trail."""

from typing import Annotated

import typer

from qcore.cli.console import out
from qcore.errors import InvalidValue

app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """The audit trail."""


@app.command("verify")
def audit_verify(
    receipt: Annotated[
        str | None,
        typer.Option(help="ID:HASH printed by an earlier verify; proves that nothing before it was rewritten."),
    ] = None,
) -> None:
    """Check that no row of the audit trail was changed, added or removed, and print a receipt to keep elsewhere.

    Whoever may write the database can rewrite all of it; only a receipt kept elsewhere shows that.
    """
    from qcore.records import audit

    kept_receipt = None
    if receipt is not None:
        number, _, digest = receipt.partition(":")
        if not number.isdecimal() or not digest:
            raise InvalidValue("A receipt looks like 40:3fa9…: the number of rows, a colon, the hash.")
        kept_receipt = audit.Receipt(int(number), digest)
    verification = audit.verify(kept_receipt)
    out.print(verification.message, soft_wrap=True)
    if verification.broken is None and verification.count:
        out.print(f"Receipt: {verification.count}:{verification.hash}", soft_wrap=True, highlight=False)
    if verification.broken is not None:
        raise typer.Exit(1)
