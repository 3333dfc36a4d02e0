"""The roll-call data of Erik Voeten and others."""
