"""What a notebook imports so that its own cells stay about fine-tuning."""
