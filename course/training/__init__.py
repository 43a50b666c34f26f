"""What both kits share: histories, memory, speed. No framework is imported here."""
