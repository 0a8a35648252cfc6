"""Digits to learn from: files, pen drawings and digits that the program draws itself."""
