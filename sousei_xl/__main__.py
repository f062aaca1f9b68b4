"""``python -m sousei_xl``."""

from sousei_xl.cli import main

if __name__ == "__main__":
    main()
