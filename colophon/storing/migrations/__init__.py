"""The database's schema, step by step; ``upgrading`` applies the steps."""
