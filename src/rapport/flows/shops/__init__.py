"""Use-cases of connected shops: their messages become orders, their lists are compared, codes are made in them."""
