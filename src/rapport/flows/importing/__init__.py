"""Files in: a merchant's orders and bindings are looked at, checked without writing, and taken in portions."""
