"""Turn executed notebooks into reports: PDF, HTML, and a manifest of what they were made from."""
