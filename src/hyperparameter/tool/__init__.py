"""The `hp` tool: what programs and packages declare, and whether a configuration fits, without running them."""
