"""Pages of imports: bring a file, choose its columns, see what it would bring, take it in, read the report."""
