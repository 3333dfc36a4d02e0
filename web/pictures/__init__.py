"""Pictures drawn by the server as SVG: simple shapes put together in Python, without a chart library in the workers."""
