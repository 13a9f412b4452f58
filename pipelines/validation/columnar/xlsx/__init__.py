"""Worksheets read by columns: cells of plain shape straight from the XML's bytes, everything else by openpyxl."""
