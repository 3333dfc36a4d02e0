"""Serving: what holds for every request, from caching and compression to limits, replicas and metrics."""
