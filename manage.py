#!/usr/bin/env python
"""Django's command line for the pharmacy."""

import os
import sys


def main() -> None:
    """Run a management command with the local settings unless others are named.

    With the local settings, the embedded servers are found or started for the command.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pharmacy.settings.local")
    from django.core.management import execute_from_command_line

    if os.environ["DJANGO_SETTINGS_MODULE"] != "pharmacy.settings.local":
        return execute_from_command_line(sys.argv)
    from pharmacy.local import environment, libraries

    libraries.start_again_with_libraries(sys.argv)
    with environment.servers_for(sys.argv):
        execute_from_command_line(sys.argv)
    return None


if __name__ == "__main__":
    main()
