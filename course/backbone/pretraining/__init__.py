"""How the bundled weights were made and measured: pretraining, transfer, card."""
