"""Programs: public offers to partners and their terms, version by version.

Leaves who accepted which version to `partners`.
"""
