"""Adapters to translation libraries; heavy libraries are imported inside their constructors only."""
