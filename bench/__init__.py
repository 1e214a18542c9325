"""How fast the product is with many incidents, next to a floor measured in the same run (`bin/bench`)."""
