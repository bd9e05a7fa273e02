"""The areas of the API that the emulator serves: one module of handlers each, with its routes, and their stores."""
