"""Member states, blocs, roll calls, votes, and the measures computed from them."""
