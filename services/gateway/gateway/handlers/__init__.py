"""The routes, one function each, and the tables that list them."""
