"""SVG drawing kit: charts and tile grids built from simple shapes, without a chart library."""
