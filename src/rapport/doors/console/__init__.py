"""Console: the pages of a workspace's team."""
