"""The command check."""
import typer
app = typer.Typer()
