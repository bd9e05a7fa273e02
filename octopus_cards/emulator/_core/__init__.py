"""The parts of an emulator that know no area of the API: routing, HTTP, faults, time, limits, the request log."""
