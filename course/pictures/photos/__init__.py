"""Photographs: read, split, compared, downloaded."""
