"""What ships beside the code: the trained model, the stroke templates, the icon."""
