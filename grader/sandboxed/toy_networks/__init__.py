"""Small networks with the parts of a backbone and a head, in both frameworks."""
