"""The pages. A view is one question to the record and a render."""
