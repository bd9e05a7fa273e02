"""`octopus-cards verify`: what the documentation leaves open about orders, learned from the sandbox."""
