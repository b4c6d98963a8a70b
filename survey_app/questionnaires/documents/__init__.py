"""Files that people take away: questionnaires as YAML and as XLSForm."""
