"""What an alert becomes, decided from plain values: real routing and the trial of a route share every line of it."""
