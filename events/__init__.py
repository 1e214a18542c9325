"""What can happen in Allclear: one class an event, in `catalogue`. Nothing is announced that is not in it."""
