"""What the API can do: one declaration an operation, each over a verb of a workflow or over a QuerySet."""
