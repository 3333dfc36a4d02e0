"""Who voted how: member states, blocs, roll calls, votes, and the measures read off them."""
