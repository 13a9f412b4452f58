"""The columnar engine: Frictionless's own report, with the row loop replaced by screens over whole columns."""

from pipelines.validation.columnar.engine import validate_columnar
from pipelines.validation.columnar.plan import HandBack

__all__ = ["HandBack", "validate_columnar"]
