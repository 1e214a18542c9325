"""How records are told: a list and an item have the same shape, names stand beside ids."""
