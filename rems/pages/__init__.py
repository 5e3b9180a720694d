"""What the program's pages show, as plain values: no decision is made here."""
