"""Outside services that taxes may ask."""
