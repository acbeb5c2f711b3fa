"""``python -m colophon`` is ``colophon``."""

from colophon.cli import main

main()
