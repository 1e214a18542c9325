"""What is brought into a retrospective's timeline from elsewhere, read without touching the database."""
