"""Pages of finance: payout runs, payouts, how partners are paid, statements."""
