"""Is tracking alive: try the real doors, watch what arrives and where links lead, alarm, and repair what was missed."""
