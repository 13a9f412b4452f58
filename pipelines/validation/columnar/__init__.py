"""The columnar engine: Frictionless's own report, with the row loop replaced by screens over whole columns."""

from pipelines.validation.columnar.engine import errors_columnar, validate_columnar
from pipelines.validation.columnar.plan import HandBack

__all__ = ["HandBack", "errors_columnar", "validate_columnar"]
