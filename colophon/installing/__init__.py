"""Models from elsewhere: fetched or imported, converted, tried, and written into the user's catalogue.

Only this package uses the network for models, and only when asked to; engines read local files alone.
"""
