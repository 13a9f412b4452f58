"""The Model Context Protocol at /mcp: read-only tools for programs that talk to people, on the official SDK."""

from api.dialects.mcp.door import router

__all__ = ["router"]
