"""One output format a module or folder; `segaudit.reporter` says what one is."""
