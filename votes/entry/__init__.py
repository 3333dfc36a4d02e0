"""Entering votes: what pasted and uploaded sheets say, understood before anything is saved."""
