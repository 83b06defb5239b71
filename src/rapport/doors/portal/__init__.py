"""The partners' portal: links, money, the way of every cent, and the terms that bind both sides."""
