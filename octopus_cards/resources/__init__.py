"""The areas of the API: how each is called."""
