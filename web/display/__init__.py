"""The kit that pages share: figures, measures, marks and rendering."""
