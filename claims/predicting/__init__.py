"""What is predicted of a regime before anything is trained."""
