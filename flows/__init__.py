"""Prefect deployments. A package only so that flows of this clone can share ``flows.publishing``; never installed."""
