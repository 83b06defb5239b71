"""Pages of taxes for finance: who lacks what, one partner's papers, what the program asks for."""
