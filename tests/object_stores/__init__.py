"""s3:// as input and as target, with a real server of the protocol."""
