"""The API: JSON for programs, one version, every answer documented."""
