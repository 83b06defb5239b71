"""Partners by file: lines read, doubles found, agreements proposed with all they bring, and all of it undone."""
