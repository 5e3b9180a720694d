#!/usr/bin/env python
"""Django's command line for the pharmacy."""

import os
import sys


def main() -> None:
    """Run a management command with the local settings unless others are named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pharmacy.settings.local")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
