"""Draws pictures from a random key. Imports nothing of the course outside this room."""
