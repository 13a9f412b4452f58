"""The S3 server of the tests is the cluster's: SeaweedFS on loopback."""

from infra.cluster.seaweed import (
    ACCESS,
    READER,
    READER_SECRET,
    SECRET,
    Seaweed,
    binary,
    credentials,
    serve,
)

__all__ = ["ACCESS", "READER", "READER_SECRET", "SECRET", "Seaweed", "binary", "credentials", "serve"]
