"""Credits to American bank accounts: NACHA files out, returns and notifications of change back."""
