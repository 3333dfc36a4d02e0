"""HTTP infrastructure for every request: caching, compression, headers, rate limits, replicas, metrics, health."""
