"""The demonstration's people and the states they are kept in. Everything goes through services."""
