"""In charge of pages whose articles are known: texts → stories → columns → page, truth, score.

Everything is drawn from a seed. The parser never imports this, and the score reads only
what it gives to everybody.
"""
