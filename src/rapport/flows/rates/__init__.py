"""Take in what currencies were worth, and give orders the rate that they waited for."""
