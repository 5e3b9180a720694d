"""Mutation testing of the decision core and of an order's states; docs/mutants.md tells how."""
