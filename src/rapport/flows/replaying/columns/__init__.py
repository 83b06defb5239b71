"""The fast way through a replay: facts that were judged once, as columns, and terms as statements over them.

Everything is a whole number or a quotient of two; what the statements cannot say is left to the engine.
"""
