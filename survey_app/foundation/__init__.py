"""What every room stands on: database, clock, languages, privacy, errors, log, resources. Owns no table."""
