"""Display helpers shared by pages: numbers, dates, labels, measures, escaping and rendering."""
