"""What keeps a home alive over years: backups, rebuilding, and what may be thrown away."""
