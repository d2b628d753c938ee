"""The `hp` command: list what programs and packages declare, and check configurations, without running them."""
