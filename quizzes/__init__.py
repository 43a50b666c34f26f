"""Quiz questions as data, each with a proof, and the ways to meet them."""
