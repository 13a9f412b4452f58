"""Charts of a table's rows: what is asked, its numbers, and the picture of them as SVG, drawn without any script."""
